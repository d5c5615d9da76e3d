import { ConfigReader, LIMITS, type Activation, type ClassifierPooling, type FamilySettings } from '@cloze/core';

/** The sizes and settings of a BERT model. */
export interface BertConfig {
  readonly vocabSize: number;
  /** The longest sequence, in tokens. */
  readonly maxPositions: number;
  /** How many segments have an embedding. */
  readonly numTokenTypes: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  /** Divides `hiddenSize`. */
  readonly numHeads: number;
  readonly intermediateSize: number;
  /** Of the feed-forward networks and of the masked language modeling head. */
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
  /** Standard deviation of the first weights, before values beyond two of it are drawn again. */
  readonly initializerRange: number;
  /** Dropout on the embeddings and on the output of each block, before it is added. */
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  /** Dropout before the layer that classifies sequences, tokens or choices. */
  readonly classifierDropout: number;
  /** What the pooler reads: `[CLS]`, as published, or the mean of all tokens, which Hugging Face transformers has in ModernBERT only. */
  readonly classifierPooling: ClassifierPooling;
  /** Outputs of the classification heads; 1 = regression. */
  readonly numLabels: number;
  readonly padTokenId: number;
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

/**
 * Reads the `config.json` of `bert` models.
 *
 * @throws {ConfigError} naming the field, also for settings that change the mathematics and that this package does not have.
 */
export function parseBertConfig(json: unknown): BertConfig {
  const reader = new ConfigReader('BertConfig', json);
  reader.choice('model_type', { bert: 'bert' });
  refuseUnsupported(reader);
  const hiddenSize = reader.integer('hidden_size', undefined, { minimum: 1 });
  const numHeads = reader.integer('num_attention_heads', undefined, { minimum: 1 });
  if (hiddenSize % numHeads !== 0) {
    throw reader.error('num_attention_heads', `a divisor of hidden_size (${hiddenSize})`, numHeads);
  }
  const hiddenDropout = reader.dropout('hidden_dropout_prob', 0.1);
  return {
    vocabSize: reader.integer('vocab_size', undefined, { minimum: 1 }),
    maxPositions: reader.integer('max_position_embeddings', 512, { minimum: 1 }),
    numTokenTypes: reader.integer('type_vocab_size', 2, { minimum: 1 }),
    hiddenSize,
    numLayers: reader.integer('num_hidden_layers', undefined, { minimum: 1, maximum: LIMITS.numLayers }),
    numHeads,
    intermediateSize: reader.integer('intermediate_size', 4 * hiddenSize, { minimum: 1 }),
    activation: reader.choice('hidden_act', ACTIVATIONS, 'gelu'),
    layerNormEpsilon: reader.number('layer_norm_eps', 1e-12, { minimum: 0 }),
    initializerRange: reader.number('initializer_range', 0.02, { minimum: 0 }),
    hiddenDropout,
    attentionDropout: reader.dropout('attention_probs_dropout_prob', 0.1),
    classifierDropout: reader.dropout('classifier_dropout', hiddenDropout),
    classifierPooling: reader.choice('classifier_pooling', { cls: 'token', mean: 'mean' } as const, 'cls'),
    // Absent when there are two labels, as Hugging Face transformers writes it.
    numLabels: reader.has('num_labels')
      ? reader.integer('num_labels', undefined, { minimum: 1 })
      : reader.size('id2label', 2),
    padTokenId: reader.integer('pad_token_id', 0),
  };
}

/** The `config.json` of a model, readable by Hugging Face transformers. `parseBertConfig` reads it back to an equal configuration. */
export function toBertConfigJson(config: BertConfig, architectures: readonly string[]): Record<string, unknown> {
  const activation = Object.entries(ACTIVATIONS).find(([, ours]) => ours === config.activation);
  const labels = Array.from({ length: config.numLabels }, (_, index) => `LABEL_${index}`);
  return {
    model_type: 'bert',
    architectures,
    vocab_size: config.vocabSize,
    max_position_embeddings: config.maxPositions,
    type_vocab_size: config.numTokenTypes,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.numLayers,
    num_attention_heads: config.numHeads,
    intermediate_size: config.intermediateSize,
    hidden_act: activation?.[0] ?? config.activation,
    layer_norm_eps: config.layerNormEpsilon,
    initializer_range: config.initializerRange,
    hidden_dropout_prob: config.hiddenDropout,
    attention_probs_dropout_prob: config.attentionDropout,
    classifier_dropout: config.classifierDropout,
    ...(config.classifierPooling === 'mean' && { classifier_pooling: 'mean' }),
    tie_word_embeddings: true,
    id2label: Object.fromEntries(labels.entries()),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
    pad_token_id: config.padTokenId,
    dtype: 'float32',
  };
}

/** The same configuration with some settings replaced. BERT has no tokens for the begin and end of texts in its configuration. */
export function withBertSettings(config: BertConfig, settings: FamilySettings): BertConfig {
  const { vocabSize, maxPositions, numLabels, classifierPooling, padTokenId } = { ...config, ...settings };
  const { dropout } = settings;
  const rates =
    dropout === undefined ? {} : { hiddenDropout: dropout, attentionDropout: dropout, classifierDropout: dropout };
  return { ...config, vocabSize, maxPositions, numLabels, classifierPooling, padTokenId, ...rates };
}

function refuseUnsupported(reader: ConfigReader): void {
  for (const field of ['is_decoder', 'add_cross_attention']) {
    if (reader.boolean(field, false)) throw reader.error(field, 'false', true);
  }
  if (!reader.boolean('tie_word_embeddings', true)) throw reader.error('tie_word_embeddings', 'true', false);
  reader.choice('position_embedding_type', { absolute: 'absolute' }, 'absolute');
}
