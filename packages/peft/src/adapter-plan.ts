import {
  ConfigError,
  Linear,
  parametersOf,
  replaceModules,
  type CheckpointEntry,
  type CheckpointNames,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { AdapterConfig } from './adapter-config.ts';
import type { Wrapper } from './adapter-layer.ts';
import { bottleneckWrapper } from './bottleneck-config.ts';
import { ia3Wrapper } from './ia3-config.ts';
import { loraWrapper } from './lora-config.ts';
import { prefixSites, withPrefix, type PrefixConfig } from './prefix-config.ts';
import { isSaved, isTarget, matchesName } from './target-modules.ts';

/** What a configuration means for one model. */
export interface AdapterPlan {
  /** The model with its new parameters from a source. */
  wrap<M extends Module>(model: M, source: ParameterSource): M;
  /** Parameters of the base that are trained, too, by their paths in the wrapped model. */
  readonly trained: ReadonlySet<string>;
  /** Where all that is trained stands in files, by paths in the wrapped model. */
  readonly names: CheckpointNames;
  /** The configuration without targets that the model does not have. */
  readonly config: AdapterConfig;
}

/** What PEFT puts before every name; models with virtual tokens are wrapped once less. */
function namePrefix({ method }: AdapterConfig): string {
  return method === 'prefix' ? 'base_model.' : 'base_model.model.';
}

/** @throws {ConfigError} when the configuration fits no layer of the model. */
export function planAdapter(model: Module, names: CheckpointNames, config: AdapterConfig): AdapterPlan {
  if (config.method === 'prefix') return planPrefix(model, names, config);
  const wrappers = new Map<string, Wrapper>();
  const entries: Record<string, CheckpointEntry> = {};
  const paths: string[] = [];
  const seen: string[] = [];
  let isConv1D = false;
  replaceModules(model, (module, path) => {
    const weight = names.entries[`${path}.weight`];
    if (weight === undefined) return module;
    const published = modulePath(weight.name);
    seen.push(published);
    const wrapper = isTarget({ path: published, isLinear: module instanceof Linear }, config)
      ? wrapperFor(module, published, config)
      : undefined;
    if (wrapper === undefined) return module;
    wrappers.set(path, wrapper);
    paths.push(published);
    // GPT's matrices are [in, out] in files, too. Tables of vectors never are turned.
    isConv1D ||= module instanceof Linear && weight.transpose !== true;
    for (const [field, entry] of Object.entries(wrapper.entries)) {
      entries[`${path}.${field}`] = { ...entry, name: `${namePrefix(config)}${published}.${entry.name}` };
    }
    return module;
  });
  const trained = trainedEntries(model, { names, wrappers, config });
  checkPlan(config, { numWrapped: paths.length, numTrained: Object.keys(trained).length, seen });
  return {
    wrap: (model, source) =>
      replaceModules(model, (module, path) => wrappers.get(path)?.wrap(source.at(...path.split('.'))) ?? module),
    trained: new Set(Object.keys(trained)),
    names: {
      entries: { ...entries, ...trained },
      // Further copies of the head's bias.
      ignored: [/\.(original_module|modules_to_save)\.bias$/],
    },
    config: narrowed(config, paths, isConv1D),
  };
}

function planPrefix(model: Module, names: CheckpointNames, config: PrefixConfig): AdapterPlan {
  const [first] = prefixSites(model);
  if (first === undefined) {
    throw new ConfigError({
      message: 'AdapterConfig: prefix tuning needs a model with the attention of @cloze/core.',
      hint: 'Use LoRA or IA3 with this model.',
    });
  }
  const trained = trainedEntries(model, { names, wrappers: new Map(), config });
  return {
    wrap: (model, source) => withPrefix(model, config, source),
    trained: new Set(Object.keys(trained)),
    names: { entries: { [`${first.path}.table`]: { name: 'prompt_embeddings' }, ...trained } },
    config,
  };
}

function wrapperFor(module: Module, published: string, config: AdapterConfig): Wrapper | undefined {
  switch (config.method) {
    case 'lora':
      return loraWrapper(module, published, config);
    case 'ia3':
      return ia3Wrapper(module, published, config);
    case 'bottleneck':
      return bottleneckWrapper(module, config);
    default:
      return undefined;
  }
}

interface PlanContext {
  readonly names: CheckpointNames;
  readonly wrappers: ReadonlyMap<string, Wrapper>;
  readonly config: AdapterConfig;
}

/** The parameters of the base that are trained as they are: heads and biases. */
function trainedEntries(model: Module, { names, wrappers, config }: PlanContext): Record<string, CheckpointEntry> {
  const trained: Record<string, CheckpointEntry> = {};
  for (const path of Object.keys(parametersOf(model))) {
    const entry = names.entries[path];
    if (entry === undefined || entry.isBuffer === true) continue;
    const [layer, field] = [modulePath(path), path.slice(modulePath(path).length + 1)];
    const isWrapped = wrappers.has(layer);
    const published = modulePath(entry.name);
    const isTrained = isSaved(published, config.modulesToSave) || isTrainedBias(entry.name, isWrapped, config);
    if (!isTrained) continue;
    trained[isWrapped ? `${layer}.base.${field}` : path] = {
      ...entry,
      name: `${namePrefix(config)}${published}.${isWrapped ? 'base_layer.' : ''}${entry.name.slice(published.length + 1)}`,
      aliases: [],
    };
  }
  return trained;
}

function isTrainedBias(published: string, isWrapped: boolean, config: AdapterConfig): boolean {
  if (config.method === 'bitfit') return published.endsWith('.bias');
  if (config.method !== 'lora' || config.biases === 'none') return false;
  // By the name alone, as in PEFT: T5's relative attention bias is among them.
  return published.includes('bias') && (config.biases === 'all' || isWrapped);
}

function checkPlan(
  config: AdapterConfig,
  { numWrapped, numTrained, seen }: { numWrapped: number; numTrained: number; seen: readonly string[] },
): void {
  const wraps = config.method !== 'bitfit' && config.method !== 'head';
  if (wraps ? numWrapped > 0 : numTrained > 0) return;
  const wanted = wraps ? config.targetModules : config.modulesToSave;
  const lastNames = [...new Set(seen.map((path) => path.split('.').at(-1)))].join(', ');
  throw new ConfigError({
    message: `AdapterConfig: the model must have one of the layers ${JSON.stringify(wanted)}; it has layers named ${lastNames}.`,
    hint: 'Use the adapter with the model that it was made for, or name layers of this model.',
  });
}

/** Defaults name the layers of all families; what is saved names those of this one. */
function narrowed(config: AdapterConfig, paths: readonly string[], isConv1D: boolean): AdapterConfig {
  const present = (names: readonly string[] | string): readonly string[] | string =>
    typeof names === 'string' ? names : names.filter((name) => paths.some((path) => matchesName(path, [name])));
  return {
    ...config,
    targetModules: present(config.targetModules),
    // PEFT refuses names here that are no targets.
    ...(config.method === 'ia3' && { feedForwardModules: present(config.feedForwardModules) }),
    json: { ...(paths.length > 0 && { fan_in_fan_out: isConv1D }), ...config.json },
  };
}

function modulePath(parameter: string): string {
  return parameter.slice(0, Math.max(0, parameter.lastIndexOf('.')));
}
