import {
  CheckpointError,
  labelNamesJson,
  parametersOf,
  toCheckpointTensors,
  type HostTensor,
  type Module,
  type TargetTokens,
} from '@cloze/core';
import type { Tokenizer } from '@cloze/tokenizer';
import type { AnyFamily } from './auto.ts';
import { toGenerationConfigJson, type GenerationSettings } from './generation-config.ts';
import { isWeightFile, weightFiles, type FileContent } from './weights.ts';
import { writeFolder } from './write-folder.ts';

/** A model and what goes with it into a folder. */
export interface PretrainedParts {
  readonly family: AnyFamily;
  readonly config: object;
  readonly task: string;
  readonly model: Module;
  readonly tokenizer?: Tokenizer | undefined;
  readonly generation?: GenerationSettings | undefined;
  /** The names of the labels, in order. Default: `LABEL_0`, ... */
  readonly labels?: readonly string[] | undefined;
}

/** Settings of {@link savePretrained}. */
export interface SaveOptions {
  /** Above this many bytes the weights are split into shards. Default: 50 GB, as in Hugging Face transformers 5. */
  readonly maxShardBytes?: number;
}

const MAX_SHARD_BYTES = 50e9;

/**
 * The files of a model folder in Hugging Face's layout: `config.json`, `generation_config.json`, the weights under their published names, and
 * `tokenizer.json`. Finite weights only.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` when a parameter is not finite: such a model must not replace a good one.
 */
export async function pretrainedFiles(
  { family, config, task, model, tokenizer, generation, labels = [] }: PretrainedParts,
  { maxShardBytes = MAX_SHARD_BYTES }: SaveOptions = {},
): Promise<FileContent[]> {
  const tensors = await toCheckpointTensors(parametersOf(model), family.checkpointNames(config, task));
  checkFinite(tensors);
  return [
    jsonFile('config.json', { ...family.toConfigJson(config, task), ...(labels.length > 0 && labelNamesJson(labels)) }),
    jsonFile('generation_config.json', toGenerationConfigJson({ ...tokensOf(model), ...generation })),
    ...(tokenizer === undefined ? [] : [textFile('tokenizer.json', tokenizer.toJson())]),
    ...(await weightFiles(tensors, { maxShardBytes })),
  ];
}

/** @throws {CheckpointError} `CHECKPOINT_CORRUPT` when a number is not finite. */
export function checkFinite(tensors: ReadonlyMap<string, HostTensor>): void {
  for (const [name, { data }] of tensors) {
    if (!(data instanceof Float32Array) || data.every(Number.isFinite)) continue;
    throw new CheckpointError('CHECKPOINT_CORRUPT', {
      message: `The parameter ${name} must be finite to be saved; it holds NaN or infinity.`,
      hint: 'Go back to the last checkpoint and lower the learning rate.',
      tensor: name,
    });
  }
}

/** What an encoder-decoder says itself; without it, Python would not know how to begin. */
function tokensOf(model: Module): GenerationSettings {
  if (!hasTargetTokens(model)) return { eosTokenIds: [] };
  const { decoderStartTokenId, padTokenId } = model;
  return { decoderStartTokenId, padTokenId, eosTokenIds: [] };
}

function hasTargetTokens(model: object): model is TargetTokens {
  return 'decoderStartTokenId' in model && 'padTokenId' in model;
}

/**
 * Saves a model into a folder that Python reads back (`AutoModel.from_pretrained(folder)`). Each file is there whole or not at all; what else lies in
 * the folder stays, save for older weights.
 *
 * @throws as {@link pretrainedFiles}.
 */
export async function savePretrained(folder: string, parts: PretrainedParts, options?: SaveOptions): Promise<void> {
  const files = await pretrainedFiles(parts, options);
  await writeFolder(folder, files);
  await removeOldWeights(folder, new Set(files.map(({ name }) => name)));
}

/** Weights that were saved in another number of files before: readers would take them, or nobody ever would. */
async function removeOldWeights(folder: string, written: ReadonlySet<string>): Promise<void> {
  // Imported here, so that a browser can load this package.
  const fs = await import('node:fs/promises');
  const path = await import('node:path');
  const old = (await fs.readdir(folder)).filter((name) => isWeightFile(name) && !written.has(name));
  for (const name of old) await fs.rm(path.join(folder, name));
}

/** A value as a file of JSON. */
export function jsonFile(name: string, value: Readonly<Record<string, unknown>>): FileContent {
  return textFile(name, `${JSON.stringify(value, undefined, 2)}\n`);
}

function textFile(name: string, text: string): FileContent {
  return { name, chunks: [new TextEncoder().encode(text)] };
}
