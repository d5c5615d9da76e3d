import { ConfigReader, LIMITS, type Activation, type FamilySettings } from '@cloze/core';

/** The sizes of one of the two stacks. */
export interface BartStackConfig {
  readonly numLayers: number;
  /** Divides `hiddenSize`. */
  readonly numHeads: number;
  readonly intermediateSize: number;
}

/** The sizes and settings of a BART model. */
export interface BartConfig {
  readonly vocabSize: number;
  /** The longest source and the longest target, in tokens. */
  readonly maxPositions: number;
  readonly hiddenSize: number;
  readonly encoder: BartStackConfig;
  readonly decoder: BartStackConfig;
  readonly activation: Activation;
  /** Whether token embeddings are multiplied by the square root of `hiddenSize`. */
  readonly scalesEmbeddings: boolean;
  /** Standard deviation of the first weights. */
  readonly initializerRange: number;
  /** Dropout on the embeddings, and on the output of each block before it is added. */
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  /** Dropout inside of the feed-forward networks. */
  readonly activationDropout: number;
  /** Dropout before both layers of the classification head. */
  readonly classifierDropout: number;
  /** Outputs of the classification head. */
  readonly numLabels: number;
  readonly padTokenId: number;
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  /** What the decoder begins with; in the published models this is `eosTokenId`. */
  readonly decoderStartTokenId: number;
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_new: 'geluTanh',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
  tanh: 'tanh',
};

/** Settings of `config.json` that this package has with one value only; most are of old files. */
const FIXED_SETTINGS = {
  tie_word_embeddings: true,
  is_encoder_decoder: true,
  is_decoder: false,
  normalize_before: false,
  normalize_embedding: true,
  add_final_layer_norm: false,
  add_bias_logits: false,
  static_position_embeddings: false,
};

/**
 * Reads the `config.json` of `bart` models.
 *
 * @throws {ConfigError} naming the field, also for settings that change the mathematics and that this package does not have.
 */
export function parseBartConfig(json: unknown): BartConfig {
  const reader = new ConfigReader('BartConfig', json);
  reader.choice('model_type', { bart: 'bart' }, 'bart');
  refuseUnsupported(reader);
  const hiddenSize = reader.integer('d_model', 1024, { minimum: 1 });
  return {
    vocabSize: reader.integer('vocab_size', 50265, { minimum: 1 }),
    maxPositions: reader.integer('max_position_embeddings', 1024, { minimum: 1 }),
    hiddenSize,
    encoder: readStack(reader, 'encoder', hiddenSize),
    decoder: readStack(reader, 'decoder', hiddenSize),
    activation: reader.choice('activation_function', ACTIVATIONS, 'gelu'),
    scalesEmbeddings: reader.boolean('scale_embedding', false),
    initializerRange: reader.number('init_std', 0.02, { minimum: 0 }),
    hiddenDropout: reader.dropout('dropout', 0.1),
    attentionDropout: reader.dropout('attention_dropout', 0),
    activationDropout: reader.dropout('activation_dropout', 0),
    classifierDropout: reader.dropout('classifier_dropout', 0),
    numLabels: reader.has('num_labels') ? reader.integer('num_labels') : reader.size('id2label', 3),
    padTokenId: reader.integer('pad_token_id', 1),
    bosTokenId: reader.integer('bos_token_id', 0),
    eosTokenId: reader.integer('eos_token_id', 2),
    decoderStartTokenId: reader.integer('decoder_start_token_id', 2),
  };
}

/** The `config.json` of a model, readable by Hugging Face transformers. `parseBartConfig` reads it back to an equal configuration. */
export function toBartConfigJson(config: BartConfig, architectures: readonly string[]): Record<string, unknown> {
  const activation = Object.entries(ACTIVATIONS).find(([, ours]) => ours === config.activation);
  const labels = Array.from({ length: config.numLabels }, (_, index) => `LABEL_${index}`);
  return {
    model_type: 'bart',
    architectures,
    vocab_size: config.vocabSize,
    max_position_embeddings: config.maxPositions,
    d_model: config.hiddenSize,
    ...stackJson('encoder', config.encoder),
    ...stackJson('decoder', config.decoder),
    activation_function: activation?.[0] ?? config.activation,
    scale_embedding: config.scalesEmbeddings,
    init_std: config.initializerRange,
    dropout: config.hiddenDropout,
    attention_dropout: config.attentionDropout,
    activation_dropout: config.activationDropout,
    classifier_dropout: config.classifierDropout,
    tie_word_embeddings: true,
    is_encoder_decoder: true,
    id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
    pad_token_id: config.padTokenId,
    bos_token_id: config.bosTokenId,
    eos_token_id: config.eosTokenId,
    decoder_start_token_id: config.decoderStartTokenId,
    // Written, because Hugging Face's default is the id of the published vocabulary.
    forced_eos_token_id: config.eosTokenId,
    dtype: 'float32',
  };
}

/** The same configuration with some settings replaced. A new end of text also becomes what the decoder begins with, as in the published models. */
export function withBartSettings(config: BartConfig, { dropout, ...settings }: FamilySettings): BartConfig {
  const rates = ['hiddenDropout', 'attentionDropout', 'activationDropout', 'classifierDropout'] as const;
  return {
    ...config,
    ...settings,
    ...(settings.eosTokenId === undefined ? {} : { decoderStartTokenId: settings.eosTokenId }),
    ...(dropout === undefined ? {} : Object.fromEntries(rates.map((rate) => [rate, dropout]))),
  };
}

function refuseUnsupported(reader: ConfigReader): void {
  for (const [field, value] of Object.entries(FIXED_SETTINGS)) {
    if (reader.boolean(field, value) !== value) throw reader.error(field, String(value), !value);
  }
  for (const field of ['encoder_layerdrop', 'decoder_layerdrop']) {
    const rate = reader.number(field, 0);
    if (rate !== 0) throw reader.error(field, '0', rate);
  }
}

function readStack(reader: ConfigReader, side: 'encoder' | 'decoder', hiddenSize: number): BartStackConfig {
  const numHeads = reader.integer(`${side}_attention_heads`, 16, { minimum: 1 });
  if (hiddenSize % numHeads !== 0) {
    throw reader.error(`${side}_attention_heads`, `a divisor of d_model (${hiddenSize})`, numHeads);
  }
  return {
    numLayers: reader.integer(`${side}_layers`, 12, { minimum: 1, maximum: LIMITS.numLayers }),
    numHeads,
    intermediateSize: reader.integer(`${side}_ffn_dim`, 4096, { minimum: 1 }),
  };
}

function stackJson(side: 'encoder' | 'decoder', stack: BartStackConfig): Record<string, unknown> {
  return {
    [`${side}_layers`]: stack.numLayers,
    [`${side}_attention_heads`]: stack.numHeads,
    [`${side}_ffn_dim`]: stack.intermediateSize,
  };
}
