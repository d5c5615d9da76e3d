import { parametersOf, type CheckpointEntry, type CheckpointNames, type Module } from '@cloze/core';
import type { AdapterConfig } from './adapter-config.ts';
import { savedParts } from './target-modules.ts';

/** Tasks with a head of their own. It is new, so every method trains it. */
const SUPERVISED = new Set(['SEQ_CLS', 'TOKEN_CLS', 'QUESTION_ANS']);

/** The configuration of a new adapter: in supervised tasks, all that stands beside the pre-trained `model` is trained whole. */
export function withHead(config: AdapterConfig, model: Module, names: CheckpointNames): AdapterConfig {
  const paths = Object.keys(parametersOf(model));
  const isStem = (path: string): boolean => path.startsWith('model.');
  if (!SUPERVISED.has(config.taskType ?? '') || !paths.some(isStem)) return config;
  const heads = paths.filter((path) => !isStem(path)).map((path) => names.entries[path]?.name.split('.')[0] ?? path);
  return { ...config, modulesToSave: [...new Set([...config.modulesToSave, ...heads])] };
}

/** What PEFT puts before every name; models with virtual tokens are wrapped once less. */
export function namePrefix({ method }: AdapterConfig): string {
  return ['prefix', 'prompt', 'p-tuning'].includes(method) ? 'base_model.' : 'base_model.model.';
}

/**
 * The parameters of the base that are trained as they are, heads and biases, by their paths in the base, and where they stand in files.
 *
 * @param wrapped the paths of the layers that are wrapped.
 */
export function trainedEntries(
  model: Module,
  names: CheckpointNames,
  { config, wrapped }: { readonly config: AdapterConfig; readonly wrapped: ReadonlySet<string> },
): Record<string, CheckpointEntry> {
  const trained: Record<string, CheckpointEntry> = {};
  const isSaved = savedParts(config.modulesToSave, publishedPaths(names));
  for (const path of Object.keys(parametersOf(model))) {
    const entry = names.entries[path];
    if (entry === undefined || entry.isBuffer === true) continue;
    const isWrapped = wrapped.has(modulePath(path));
    const isBias = isTrainedBias({ path, published: entry.name, isWrapped }, config);
    if (!isBias && !isSaved(modulePath(entry.name))) continue;
    const published = modulePath(entry.name);
    const field = entry.name.slice(published.length + 1);
    trained[path] = {
      ...entry,
      name: `${namePrefix(config)}${published}.${isWrapped ? 'base_layer.' : ''}${field}`,
      aliases: [],
    };
  }
  return trained;
}

/** Where parameters of the base stand in the wrapped model. */
export function pathsOf(
  ofBase: Readonly<Record<string, CheckpointEntry>>,
  pathInWrapped: (path: string) => string,
): ReadonlyMap<string, string> {
  return new Map(Object.keys(ofBase).map((path) => [path, pathInWrapped(path)]));
}

/** Entries of the base by their paths in the wrapped model. */
export function moved(
  ofBase: Readonly<Record<string, CheckpointEntry>>,
  paths: ReadonlyMap<string, string>,
): Record<string, CheckpointEntry> {
  return Object.fromEntries(Object.entries(ofBase).map(([path, entry]) => [paths.get(path) ?? path, entry]));
}

/** The published paths of a model's layers. */
export function publishedPaths({ entries }: CheckpointNames): string[] {
  return Object.values(entries).map(({ name }) => modulePath(name));
}

/** The path of the module that holds a parameter. */
export function modulePath(parameter: string): string {
  return parameter.slice(0, Math.max(0, parameter.lastIndexOf('.')));
}

interface Parameter {
  readonly path: string;
  readonly published: string;
  readonly isWrapped: boolean;
}

function isTrainedBias({ path, published, isWrapped }: Parameter, config: AdapterConfig): boolean {
  // By our name: ELMo's published ones are others.
  if (config.method === 'bitfit') return path.endsWith('.bias');
  if (config.method !== 'lora' || config.biases === 'none') return false;
  // By the name alone, as in PEFT: T5's relative attention bias is among them.
  return published.includes('bias') && (config.biases === 'all' || isWrapped);
}
