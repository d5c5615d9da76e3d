import { ConfigReader, type CheckpointEntry } from '@cloze/core';
import type { AdapterConfig, CommonConfig } from './adapter-config.ts';

/** Sizes of a model that files of virtual tokens repeat; Hugging Face PEFT reads them there. */
export interface ModelSizes {
  /** Width of the vectors. */
  readonly size: number;
  readonly numLayers: number;
  readonly numHeads: number;
}

/** The configuration with what is known of the model only. */
export function withModelSizes<C extends AdapterConfig>(config: C, { size, numLayers, numHeads }: ModelSizes): C {
  const sizes = { token_dim: size, num_layers: numLayers, num_attention_heads: numHeads };
  // PEFT warns of keys that a method does not have.
  const network = config.method === 'prompt' ? {} : { encoder_hidden_size: size };
  return { ...config, json: { ...sizes, num_transformer_submodules: numStacks(config), ...network, ...config.json } };
}

/**
 * For how many stacks PEFT writes vectors. Those of a decoder are never read, neither there nor here.
 *
 * @throws {ConfigError} when a file says something else than a number.
 */
export function numStacks({ json, taskType }: CommonConfig): number {
  const fallback = taskType === 'SEQ_2_SEQ_LM' ? 2 : 1;
  return new ConfigReader('AdapterConfig', json).integer('num_transformer_submodules', fallback, { minimum: 1 });
}

/**
 * Where virtual tokens stand: as a table in adapter files, and as the network that computes it in training checkpoints, under PEFT's names in memory.
 *
 * @param path of the module that computes them.
 * @param network its parameters, by fields of the module and by PEFT's names below the encoder.
 */
export function virtualEntries(
  path: string,
  network: Readonly<Record<string, CheckpointEntry>>,
): Record<string, CheckpointEntry> {
  const inMemory = (name: string): string => `prompt_encoder.default.${name}`;
  const parameters = Object.entries(network).map(
    ([field, entry]) => [`${path}.${field}`, { ...entry, name: inMemory(entry.name) }] as const,
  );
  return {
    [`${path}.table`]: { name: 'prompt_embeddings', aliases: [inMemory('embedding.weight')] },
    ...Object.fromEntries(parameters),
  };
}
