import type { CheckpointEntry, ConfigReader, JsonObject } from '@cloze/core';
import type { CommonConfig } from './adapter-config.ts';
import { methodDefaults } from './method-defaults.ts';

/** Settings of prefix tuning. */
export interface PrefixConfig extends CommonConfig {
  readonly method: 'prefix';
  /** n. Default: 20. */
  readonly numVirtualTokens: number;
  /** Whether a network computes the keys and values. It is trained, and left out when the adapter is saved. Default: false. */
  readonly hasProjection: boolean;
  /** Width of the network. Default: that of the keys. */
  readonly encoderHiddenSize: number | undefined;
  /** Whether keys and values are zero at first, close to the model without them. Default: true. Hugging Face PEFT begins with normal ones. */
  readonly startsAtZero: boolean;
}

/** What {@link prefixConfig} may be given. */
export type PrefixOptions = Partial<
  Pick<PrefixConfig, 'taskType' | 'modulesToSave' | 'numVirtualTokens' | 'hasProjection'>
> &
  Partial<Pick<PrefixConfig, 'encoderHiddenSize' | 'startsAtZero'>>;

/** Settings of prefix tuning. In encoder-decoders, the decoder gets the prefix. */
export function prefixConfig(options: PrefixOptions = {}): PrefixConfig {
  return {
    numVirtualTokens: 20,
    hasProjection: false,
    encoderHiddenSize: undefined,
    startsAtZero: true,
    ...methodDefaults(options.taskType),
    ...options,
    method: 'prefix',
  };
}

/** @throws {ConfigError} see {@link parseAdapterConfig}. */
export function parsePrefixConfig(reader: ConfigReader, common: CommonConfig): PrefixConfig {
  const { init_weights: first } = common.json;
  return {
    ...common,
    method: 'prefix',
    numVirtualTokens: reader.integer('num_virtual_tokens', 20, { minimum: 1 }),
    hasProjection: reader.boolean('prefix_projection', false),
    encoderHiddenSize: reader.has('encoder_hidden_size')
      ? reader.integer('encoder_hidden_size', undefined, { minimum: 1 })
      : undefined,
    startsAtZero: first === 'zero',
  };
}

/** The keys of prefix tuning in `adapter_config.json`. */
export function prefixConfigJson(config: PrefixConfig): JsonObject {
  return {
    peft_type: 'PREFIX_TUNING',
    num_virtual_tokens: config.numVirtualTokens,
    prefix_projection: config.hasProjection,
    ...(config.encoderHiddenSize !== undefined && { encoder_hidden_size: config.encoderHiddenSize }),
    init_weights: config.startsAtZero ? 'zero' : null,
  };
}

/** Where the parameters of the projection stand in PEFT's memory, both below the encoder. */
export const PROJECTION_ENTRIES: Readonly<Record<string, CheckpointEntry>> = {
  embedding: { name: 'embedding.weight' },
  'hidden.weight': { name: 'transform.0.weight', transpose: true },
  'hidden.bias': { name: 'transform.0.bias' },
  'output.weight': { name: 'transform.2.weight', transpose: true },
  'output.bias': { name: 'transform.2.bias' },
};
