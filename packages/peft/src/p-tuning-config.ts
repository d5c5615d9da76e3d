import type { CheckpointEntry, ConfigReader, JsonObject, ParameterSource } from '@cloze/core';
import type { CommonConfig } from './adapter-config.ts';
import { LstmPromptEncoder } from './lstm-prompt-encoder.ts';
import { methodDefaults } from './method-defaults.ts';
import { MlpPromptEncoder } from './mlp-prompt-encoder.ts';
import type { VirtualTokens } from './virtual-tokens.ts';

/** Settings of P-tuning. */
export interface PTuningConfig extends CommonConfig {
  readonly method: 'p-tuning';
  /** n. Default: 20. */
  readonly numVirtualTokens: number;
  /** What computes the vectors: three layers, or a bidirectional LSTM and two layers. Default: `mlp`. */
  readonly encoder: 'mlp' | 'lstm';
  /** Width of the encoder. Default: that of the embeddings. */
  readonly encoderHiddenSize: number | undefined;
  /** Layers of the LSTM. Default: 2. */
  readonly encoderNumLayers: number;
  /** Share of what is dropped between layers of the LSTM. Default: 0. */
  readonly encoderDropout: number;
}

/** What {@link pTuningConfig} may be given. */
export type PTuningOptions = Partial<
  Pick<PTuningConfig, 'taskType' | 'modulesToSave' | 'numVirtualTokens' | 'encoder' | 'encoderHiddenSize'> &
    Pick<PTuningConfig, 'encoderNumLayers' | 'encoderDropout'>
>;

/**
 * Settings of P-tuning: prompt tuning with vectors that a small network computes. The network is trained, and left out when the adapter is saved.
 *
 * @see Liu et al. 2021, "GPT Understands, Too". <https://arxiv.org/abs/2103.10385>
 */
export function pTuningConfig(options: PTuningOptions = {}): PTuningConfig {
  return {
    numVirtualTokens: 20,
    encoder: 'mlp',
    encoderHiddenSize: undefined,
    encoderNumLayers: 2,
    encoderDropout: 0,
    ...methodDefaults(options.taskType),
    ...options,
    method: 'p-tuning',
  };
}

const ENCODERS = { MLP: 'mlp', LSTM: 'lstm' } as const;

/** @throws {ConfigError} see {@link parseAdapterConfig}. */
export function parsePTuningConfig(reader: ConfigReader, common: CommonConfig): PTuningConfig {
  return {
    ...common,
    method: 'p-tuning',
    numVirtualTokens: reader.integer('num_virtual_tokens', 20, { minimum: 1 }),
    encoder: reader.choice('encoder_reparameterization_type', ENCODERS, 'MLP'),
    encoderHiddenSize: reader.has('encoder_hidden_size')
      ? reader.integer('encoder_hidden_size', undefined, { minimum: 1 })
      : undefined,
    encoderNumLayers: reader.integer('encoder_num_layers', 2, { minimum: 1, maximum: 100 }),
    encoderDropout: reader.dropout('encoder_dropout', 0),
  };
}

/** The keys of P-tuning in `adapter_config.json`. */
export function pTuningConfigJson(config: PTuningConfig): JsonObject {
  return {
    peft_type: 'P_TUNING',
    num_virtual_tokens: config.numVirtualTokens,
    encoder_reparameterization_type: config.encoder === 'mlp' ? 'MLP' : 'LSTM',
    ...(config.encoderHiddenSize !== undefined && { encoder_hidden_size: config.encoderHiddenSize }),
    encoder_num_layers: config.encoderNumLayers,
    encoder_dropout: config.encoderDropout,
  };
}

/** The network of P-tuning for vectors [numVectors, size]. */
export function createPromptEncoder(
  config: PTuningConfig,
  { numVectors, size }: { readonly numVectors: number; readonly size: number },
  source: ParameterSource,
): VirtualTokens {
  const sizes = { numVectors, size, encoderHiddenSize: config.encoderHiddenSize ?? size };
  return config.encoder === 'mlp'
    ? new MlpPromptEncoder(sizes, source)
    : new LstmPromptEncoder({ ...config, ...sizes }, source);
}

/** Where the parameters of the network stand in PEFT's memory, both below the encoder. No adapter file holds them; training checkpoints do. */
export function promptEncoderEntries({ encoder, encoderNumLayers }: PTuningConfig): Record<string, CheckpointEntry> {
  const numLayers = encoder === 'mlp' ? 3 : 2;
  const layers = Array.from({ length: numLayers }, (_, index): [string, CheckpointEntry][] => [
    [`layers.${index}.weight`, { name: `mlp_head.${2 * index}.weight`, transpose: true }],
    [`layers.${index}.bias`, { name: `mlp_head.${2 * index}.bias` }],
  ]);
  const lstm = Array.from({ length: encoder === 'mlp' ? 0 : encoderNumLayers }, (_, index) => [
    ...directionEntries(`lstm.${index}.forwards`, `l${index}`),
    ...directionEntries(`lstm.${index}.backwards`, `l${index}_reverse`),
  ]);
  return Object.fromEntries([['embedding', { name: 'embedding.weight' }], ...lstm.flat(), ...layers.flat()]);
}

function directionEntries(path: string, suffix: string): [string, CheckpointEntry][] {
  return [
    [`${path}.inputWeight`, { name: `lstm_head.weight_ih_${suffix}`, transpose: true }],
    [`${path}.hiddenWeight`, { name: `lstm_head.weight_hh_${suffix}`, transpose: true }],
    [`${path}.inputBias`, { name: `lstm_head.bias_ih_${suffix}` }],
    [`${path}.hiddenBias`, { name: `lstm_head.bias_hh_${suffix}` }],
  ];
}
