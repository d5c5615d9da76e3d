import { ConfigReader, type Activation, type FamilySettings } from '@cloze/core';

/** Everything that decides the mathematics of a Bart. */
export interface BartConfig {
  readonly vocabSize: number;
  /** Longest sequence, in tokens. */
  readonly maxPositions: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  /** Divides `hiddenSize`. */
  readonly numHeads: number;
  readonly intermediateSize: number;
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
  /** Share of the embeddings and of each block's output that is dropped while training. */
  readonly hiddenDropout: number;
  /** Share of the attention weights that is dropped while training. */
  readonly attentionDropout: number;
}

/** 2 layers of width 32: trains in seconds, proves everything. */
export const bartTiny: BartConfig = {
  vocabSize: 256,
  maxPositions: 64,
  hiddenSize: 32,
  numLayers: 2,
  numHeads: 4,
  intermediateSize: 128,
  activation: 'gelu',
  layerNormEpsilon: 1e-5,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
};

const PUBLISHED_ACTIVATIONS = { gelu: 'gelu', gelu_new: 'geluTanh', relu: 'relu', silu: 'silu' } as const;

/**
 * Checks a published `config.json`.
 *
 * @throws {ConfigError} naming the field that is missing, of the wrong type, or unsupported.
 */
export function parseBartConfig(json: unknown): BartConfig {
  const reader = new ConfigReader('BartConfig', json);
  const hiddenSize = reader.integer('hidden_size', undefined, { minimum: 1 });
  const numHeads = reader.integer('num_attention_heads', undefined, { minimum: 1 });
  if (hiddenSize % numHeads !== 0) throw reader.error('num_attention_heads', `a divisor of ${hiddenSize}`, numHeads);
  return {
    vocabSize: reader.integer('vocab_size', undefined, { minimum: 1 }),
    maxPositions: reader.integer('max_position_embeddings', undefined, { minimum: 1 }),
    hiddenSize,
    numLayers: reader.integer('num_hidden_layers', undefined, { minimum: 1 }),
    numHeads,
    intermediateSize: reader.integer('intermediate_size', 4 * hiddenSize, { minimum: 1 }),
    activation: reader.choice<Activation>('hidden_act', PUBLISHED_ACTIVATIONS, 'gelu'),
    layerNormEpsilon: reader.number('layer_norm_eps', 1e-5, { minimum: 0 }),
    hiddenDropout: reader.dropout('hidden_dropout_prob', 0.1),
    attentionDropout: reader.dropout('attention_probs_dropout_prob', 0.1),
  };
}

/** The published form, which {@link parseBartConfig} reads back to an equal configuration. */
export function toBartConfigJson(config: BartConfig): Record<string, unknown> {
  const activation = Object.entries(PUBLISHED_ACTIVATIONS).find(([, ours]) => ours === config.activation);
  return {
    model_type: 'bart',
    vocab_size: config.vocabSize,
    max_position_embeddings: config.maxPositions,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.numLayers,
    num_attention_heads: config.numHeads,
    intermediate_size: config.intermediateSize,
    hidden_act: activation?.[0] ?? config.activation,
    layer_norm_eps: config.layerNormEpsilon,
    hidden_dropout_prob: config.hiddenDropout,
    attention_probs_dropout_prob: config.attentionDropout,
  };
}

/** The same configuration with some settings replaced. */
export function withBartSettings(
  config: BartConfig,
  { vocabSize = config.vocabSize, maxPositions = config.maxPositions, dropout }: FamilySettings,
): BartConfig {
  const { hiddenDropout = config.hiddenDropout, attentionDropout = config.attentionDropout } =
    dropout === undefined ? {} : { hiddenDropout: dropout, attentionDropout: dropout };
  return { ...config, vocabSize, maxPositions, hiddenDropout, attentionDropout };
}
