import { ConfigReader, LIMITS, type Activation, type ClassifierPooling } from '@cloze/core';

/** The sizes and settings of a GPT model. */
export interface GptConfig {
  /** `gpt`: GPT-1, normalization after each sum and none at the end. `gpt2`: normalization before each block and at the end. */
  readonly architecture: 'gpt' | 'gpt2';
  readonly vocabSize: number;
  /** The longest sequence, in tokens. */
  readonly maxPositions: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  /** Divides `hiddenSize`. */
  readonly numHeads: number;
  readonly intermediateSize: number;
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
  /** Standard deviation of the first weights. */
  readonly initializerRange: number;
  readonly embeddingDropout: number;
  readonly attentionDropout: number;
  /** Dropout on the output of each block, before it is added. */
  readonly hiddenDropout: number;
  /** Dropout before the head of token classification. */
  readonly classifierDropout: number;
  /** Dropout before the multiple choice head. */
  readonly summaryDropout: number;
  /** After the multiple choice head. */
  readonly summaryActivation: Activation | undefined;
  /** Whether scores are divided by the square root of the head size. */
  readonly scalesScores: boolean;
  /** Whether the scores of layer i are divided by i + 1 as well. */
  readonly scalesScoresByLayer: boolean;
  /** What sequence classification reads: the last token, as published, or the mean of all, which Hugging Face transformers does not have. */
  readonly classifierPooling: ClassifierPooling;
  /** Outputs of the classification heads. */
  readonly numLabels: number;
  /** Marks where a padded sequence ends; classification of more than one sequence at once needs it. */
  readonly padTokenId: number | undefined;
  readonly bosTokenId: number | undefined;
  readonly eosTokenId: number | undefined;
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_new: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
  tanh: 'tanh',
};

/** GPT-1's own table: there, `gelu` means the tanh approximation. */
const GPT1_ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: 'geluTanh',
  gelu_new: 'geluTanh',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
};

/**
 * Reads the `config.json` of `gpt2` and `openai-gpt` models.
 *
 * @throws {ConfigError} naming the field, also for settings that change the mathematics and that this package does not have.
 */
export function parseGptConfig(json: unknown): GptConfig {
  const reader = new ConfigReader('GptConfig', json);
  const architecture = reader.choice('model_type', { gpt2: 'gpt2', 'openai-gpt': 'gpt' } as const);
  refuseUnsupported(reader);
  const isGpt1 = architecture === 'gpt';
  const hiddenSize = reader.integer('n_embd', undefined, { minimum: 1 });
  const numHeads = reader.integer('n_head', undefined, { minimum: 1 });
  if (hiddenSize % numHeads !== 0) {
    throw reader.error('n_head', `a divisor of n_embd (${hiddenSize})`, numHeads);
  }
  return {
    architecture,
    vocabSize: reader.integer('vocab_size', undefined, { minimum: 1 }),
    maxPositions: reader.integer('n_positions', undefined, { minimum: 1 }),
    hiddenSize,
    numLayers: reader.integer('n_layer', undefined, { minimum: 1, maximum: LIMITS.numLayers }),
    numHeads,
    intermediateSize: reader.integer('n_inner', 4 * hiddenSize, { minimum: 1 }),
    activation: isGpt1
      ? reader.choice('afn', GPT1_ACTIVATIONS, 'gelu')
      : reader.choice('activation_function', ACTIVATIONS, 'gelu_new'),
    layerNormEpsilon: reader.number('layer_norm_epsilon', 1e-5, { minimum: 0 }),
    initializerRange: reader.number('initializer_range', 0.02, { minimum: 0 }),
    embeddingDropout: reader.dropout('embd_pdrop', 0.1),
    attentionDropout: reader.dropout('attn_pdrop', 0.1),
    hiddenDropout: reader.dropout('resid_pdrop', 0.1),
    classifierDropout: reader.dropout('classifier_dropout', 0.1),
    classifierPooling: reader.choice('classifier_pooling', { last: 'token', mean: 'mean' } as const, 'last'),
    summaryDropout: reader.dropout('summary_first_dropout', 0.1),
    summaryActivation: reader.has('summary_activation') ? reader.choice('summary_activation', ACTIVATIONS) : undefined,
    scalesScores: reader.boolean('scale_attn_weights', true),
    scalesScoresByLayer: reader.boolean('scale_attn_by_inverse_layer_idx', false),
    // Absent when there are two labels, as Hugging Face transformers writes it.
    numLabels: reader.has('num_labels') ? reader.integer('num_labels') : reader.size('id2label', 2),
    padTokenId: optionalId(reader, 'pad_token_id'),
    bosTokenId: optionalId(reader, 'bos_token_id'),
    eosTokenId: optionalId(reader, 'eos_token_id'),
  };
}

/** The `config.json` of a model, readable by Hugging Face transformers. `parseGptConfig` reads it back to an equal configuration. */
export function toGptConfigJson(config: GptConfig, architectures: readonly string[]): Record<string, unknown> {
  const isGpt1 = config.architecture === 'gpt';
  const activation = nameOf(config.activation, isGpt1 ? GPT1_ACTIVATIONS : ACTIVATIONS);
  return {
    model_type: isGpt1 ? 'openai-gpt' : 'gpt2',
    architectures,
    vocab_size: config.vocabSize,
    n_positions: config.maxPositions,
    n_embd: config.hiddenSize,
    n_layer: config.numLayers,
    n_head: config.numHeads,
    ...(isGpt1
      ? { afn: activation }
      : {
          n_inner: config.intermediateSize,
          activation_function: activation,
          scale_attn_weights: config.scalesScores,
          scale_attn_by_inverse_layer_idx: config.scalesScoresByLayer,
        }),
    layer_norm_epsilon: config.layerNormEpsilon,
    initializer_range: config.initializerRange,
    embd_pdrop: config.embeddingDropout,
    attn_pdrop: config.attentionDropout,
    resid_pdrop: config.hiddenDropout,
    classifier_dropout: config.classifierDropout,
    ...(config.classifierPooling === 'mean' && { classifier_pooling: 'mean' }),
    summary_type: 'cls_index',
    summary_use_proj: true,
    summary_proj_to_labels: true,
    summary_first_dropout: config.summaryDropout,
    summary_activation: config.summaryActivation === undefined ? null : nameOf(config.summaryActivation, ACTIVATIONS),
    tie_word_embeddings: true,
    id2label: Object.fromEntries(Array.from({ length: config.numLabels }, (_, i) => [String(i), `LABEL_${i}`])),
    label2id: Object.fromEntries(Array.from({ length: config.numLabels }, (_, i) => [`LABEL_${i}`, i])),
    pad_token_id: config.padTokenId ?? null,
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: config.eosTokenId ?? null,
    dtype: 'float32',
  };
}

function refuseUnsupported(reader: ConfigReader): void {
  if (reader.boolean('add_cross_attention', false)) throw reader.error('add_cross_attention', 'false', true);
  for (const field of ['tie_word_embeddings', 'summary_use_proj', 'summary_proj_to_labels']) {
    if (!reader.boolean(field, true)) throw reader.error(field, 'true', false);
  }
  reader.choice('summary_type', { cls_index: true }, 'cls_index');
}

function optionalId(reader: ConfigReader, field: string): number | undefined {
  return reader.has(field) ? reader.integer(field) : undefined;
}

function nameOf(activation: Activation, table: Readonly<Record<string, Activation>>): string {
  const named = Object.entries(table).find(([, value]) => value === activation);
  return named?.[0] ?? activation;
}
