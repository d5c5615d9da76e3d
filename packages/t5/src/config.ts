import { ConfigReader, LIMITS, type Activation } from '@cloze/core';

/** The sizes and settings of a T5. */
export interface T5Config {
  readonly vocabSize: number;
  /** The longest sequence that tools make, in tokens. The model itself has no limit: its positions are relative. */
  readonly maxPositions: number;
  readonly hiddenSize: number;
  readonly numHeads: number;
  /** Width of one head; numHeads * headSize need not be hiddenSize. */
  readonly headSize: number;
  readonly intermediateSize: number;
  readonly numEncoderLayers: number;
  readonly numDecoderLayers: number;
  readonly activation: Activation;
  /** Whether the activated values are multiplied by a second projection (v1.1) or not (v1.0). */
  readonly isGated: boolean;
  /** Buckets of relative positions, at least 4. */
  readonly numBuckets: number;
  /** From this distance on, all positions share a bucket. Greater than numBuckets / 2. */
  readonly maxDistance: number;
  readonly layerNormEpsilon: number;
  /** Factor of the first weights' standard deviations. */
  readonly initializerFactor: number;
  readonly dropout: number;
  /** Dropout before the layers of the supervised heads. */
  readonly classifierDropout: number;
  /** Outputs of the supervised heads. */
  readonly numLabels: number;
  /** Whether the token embedding is the output projection as well (v1.0), or the head has one of its own (v1.1). */
  readonly isTied: boolean;
  /** Whether hidden states are multiplied by hiddenSize^-0.5 before the output projection (v1.0). */
  readonly scalesOutput: boolean;
  readonly padTokenId: number;
  readonly eosTokenId: number;
  /** What every target begins with. */
  readonly decoderStartTokenId: number;
}

type FeedForwardKind = Pick<T5Config, 'activation' | 'isGated'>;

/** The values of `feed_forward_proj`. Beside a gate, `gelu` means the tanh approximation; alone it is the exact one. */
const FEED_FORWARDS: Readonly<Record<string, FeedForwardKind>> = {
  relu: { activation: 'relu', isGated: false },
  gelu: { activation: 'gelu', isGated: false },
  gelu_new: { activation: 'geluTanh', isGated: false },
  silu: { activation: 'silu', isGated: false },
  tanh: { activation: 'tanh', isGated: false },
  'gated-relu': { activation: 'relu', isGated: true },
  'gated-gelu': { activation: 'geluTanh', isGated: true },
  'gated-silu': { activation: 'silu', isGated: true },
  'gated-tanh': { activation: 'tanh', isGated: true },
};

/**
 * Reads the `config.json` of `t5` models.
 *
 * Whether the output projection is tied is not certain from the configuration alone: see {@link settleT5Config}.
 *
 * @throws {ConfigError} naming the field.
 */
export function parseT5Config(json: unknown): T5Config {
  const reader = new ConfigReader('T5Config', json);
  const size = (field: string, fallback?: number): number => reader.integer(field, fallback, { minimum: 1 });
  const layers = { minimum: 1, maximum: LIMITS.numLayers };
  const numEncoderLayers = reader.integer('num_layers', undefined, layers);
  const numBuckets = reader.integer('relative_attention_num_buckets', 32, { minimum: 4 });
  const isTied = reader.boolean('tie_word_embeddings', true);
  const padTokenId = reader.integer('pad_token_id', 0);
  return {
    vocabSize: size('vocab_size'),
    maxPositions: size('n_positions', 512),
    hiddenSize: size('d_model'),
    numHeads: size('num_heads'),
    headSize: size('d_kv'),
    intermediateSize: size('d_ff'),
    numEncoderLayers,
    numDecoderLayers: reader.integer('num_decoder_layers', numEncoderLayers, layers),
    ...reader.choice('feed_forward_proj', FEED_FORWARDS, 'relu'),
    numBuckets,
    maxDistance: reader.integer('relative_attention_max_distance', 128, { minimum: Math.floor(numBuckets / 2) + 1 }),
    layerNormEpsilon: reader.number('layer_norm_epsilon', 1e-6, { minimum: 0 }),
    initializerFactor: reader.number('initializer_factor', 1, { minimum: 0 }),
    dropout: reader.dropout('dropout_rate', 0.1),
    classifierDropout: reader.dropout('classifier_dropout', 0),
    // Absent when there are two labels, as Hugging Face transformers writes it.
    numLabels: reader.has('num_labels') ? reader.integer('num_labels') : reader.size('id2label', 2),
    isTied,
    // Before transformers 5 one key said both.
    scalesOutput: reader.boolean('scale_decoder_outputs', isTied),
    padTokenId,
    eosTokenId: reader.integer('eos_token_id', 1),
    decoderStartTokenId: reader.integer('decoder_start_token_id', padTokenId),
  };
}

/**
 * The configuration of a file with these tensors: the output projection is tied if and only if the file has no `lm_head.weight`.
 *
 * transformers 5 writes `tie_word_embeddings: true` for every T5, so the key alone is not to be trusted.
 */
export function settleT5Config(config: T5Config, tensorNames: Iterable<string>): T5Config {
  return { ...config, isTied: ![...tensorNames].includes('lm_head.weight') };
}

/**
 * The `config.json` of a model, readable by transformers 4 and 5. `parseT5Config` reads it back to an equal configuration.
 *
 * @param architectures the published class names; those of an encoder alone end in `EncoderModel`.
 */
export function toT5ConfigJson(config: T5Config, architectures: readonly string[]): Record<string, unknown> {
  return {
    model_type: 't5',
    architectures,
    is_encoder_decoder: !architectures.some((name) => name.endsWith('EncoderModel')),
    vocab_size: config.vocabSize,
    n_positions: config.maxPositions,
    d_model: config.hiddenSize,
    num_heads: config.numHeads,
    d_kv: config.headSize,
    d_ff: config.intermediateSize,
    num_layers: config.numEncoderLayers,
    num_decoder_layers: config.numDecoderLayers,
    feed_forward_proj: nameOf(config),
    relative_attention_num_buckets: config.numBuckets,
    relative_attention_max_distance: config.maxDistance,
    layer_norm_epsilon: config.layerNormEpsilon,
    // transformers 5 refuses `1` where it expects `1.0`, which JSON.stringify cannot write.
    ...(config.initializerFactor !== 1 && { initializer_factor: config.initializerFactor }),
    dropout_rate: config.dropout,
    classifier_dropout: config.classifierDropout,
    ...(config.numLabels !== 2 && labelsJson(config.numLabels)),
    tie_word_embeddings: config.isTied,
    scale_decoder_outputs: config.scalesOutput,
    pad_token_id: config.padTokenId,
    eos_token_id: config.eosTokenId,
    decoder_start_token_id: config.decoderStartTokenId,
    dtype: 'float32',
  };
}

function labelsJson(numLabels: number): Record<string, unknown> {
  const labels = Array.from({ length: numLabels }, (_, index) => `LABEL_${index}`);
  return {
    id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
  };
}

function nameOf({ activation, isGated }: FeedForwardKind): string {
  const named = Object.entries(FEED_FORWARDS).find(
    ([, kind]) => kind.activation === activation && kind.isGated === isGated,
  );
  return named?.[0] ?? `${isGated ? 'gated-' : ''}${activation}`;
}
