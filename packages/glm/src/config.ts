import { ConfigError, ConfigReader, isJsonObject, LIMITS } from '@cloze/core';

/** The sizes and settings of a GLM. The feed-forward width is four times the hidden size, and its activation the tanh approximation of GELU. */
export interface GlmConfig {
  readonly vocabSize: number;
  /** The longest text, in tokens. Both tables of positions have one row more; part B may make a row longer. */
  readonly maxPositions: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  /** Divides `hiddenSize`. */
  readonly numHeads: number;
  readonly layerNormEpsilon: number;
  /** Standard deviation of the first weights. */
  readonly initializerRange: number;
  readonly embeddingDropout: number;
  readonly attentionDropout: number;
  /** Dropout on the output of each block, before it is added. */
  readonly hiddenDropout: number;
  /**
   * Kept for the file only: the authors divide the scores by it and multiply them back after subtracting their maximum, which keeps half precision
   * from overflowing and changes nothing in exact arithmetic.
   */
  readonly attentionScale: number;
  /** Outputs of the classification head. */
  readonly numLabels: number;
  readonly padTokenId: number | undefined;
  /** Begins every text: `[CLS]`. */
  readonly bosTokenId: number | undefined;
  /** Ends a text: `[PAD]`. A piece ends with `<|endofpiece|>`. */
  readonly eosTokenId: number | undefined;
}

/** The `model_type` of GLM; `glm` is taken. */
export const GLM_MODEL_TYPE = 'glm-block';

/**
 * Reads the `config.json` of a GLM.
 *
 * @throws {ConfigError} naming the field, also for other models of a similar name, and for settings that change the mathematics and that this
 *   package does not have.
 */
export function parseGlmConfig(json: unknown): GlmConfig {
  refuseNamesakes(json);
  const reader = new ConfigReader('GlmConfig', json);
  reader.choice('model_type', { [GLM_MODEL_TYPE]: true });
  refuseUnsupported(reader);
  const hiddenSize = reader.integer('hidden_size', undefined, { minimum: 1 });
  const numHeads = reader.integer('num_attention_heads', undefined, { minimum: 1 });
  if (hiddenSize % numHeads !== 0) {
    throw reader.error('num_attention_heads', `a divisor of hidden_size (${hiddenSize})`, numHeads);
  }
  return {
    vocabSize: reader.integer('vocab_size', undefined, { minimum: 1 }),
    maxPositions: reader.integer('max_sequence_length', undefined, { minimum: 1 }),
    hiddenSize,
    numLayers: reader.integer('num_layers', undefined, { minimum: 1, maximum: LIMITS.numLayers }),
    numHeads,
    layerNormEpsilon: reader.number('layer_norm_epsilon', 1e-5, { minimum: 0 }),
    initializerRange: reader.number('initializer_range', 0.02, { minimum: 0 }),
    embeddingDropout: reader.dropout('embedding_dropout_prob', 0.1),
    attentionDropout: reader.dropout('attention_dropout_prob', 0.1),
    hiddenDropout: reader.dropout('output_dropout_prob', 0.1),
    attentionScale: reader.number('attention_scale', 1, { minimum: 0 }),
    // Absent when there are two labels, as Hugging Face transformers writes it.
    numLabels: reader.has('num_labels') ? reader.integer('num_labels') : reader.size('id2label', 2),
    padTokenId: optionalId(reader, 'pad_token_id'),
    bosTokenId: optionalId(reader, 'bos_token_id'),
    eosTokenId: optionalId(reader, 'eos_token_id'),
  };
}

/** The `config.json` of a model. `parseGlmConfig` reads it back to an equal configuration. */
export function toGlmConfigJson(config: GlmConfig, architectures: readonly string[]): Record<string, unknown> {
  return {
    model_type: GLM_MODEL_TYPE,
    architectures,
    vocab_size: config.vocabSize,
    max_sequence_length: config.maxPositions,
    hidden_size: config.hiddenSize,
    num_layers: config.numLayers,
    num_attention_heads: config.numHeads,
    layer_norm_epsilon: config.layerNormEpsilon,
    initializer_range: config.initializerRange,
    embedding_dropout_prob: config.embeddingDropout,
    attention_dropout_prob: config.attentionDropout,
    output_dropout_prob: config.hiddenDropout,
    attention_scale: config.attentionScale,
    block_position_encoding: true,
    pool_token: 'cls',
    tie_word_embeddings: true,
    id2label: Object.fromEntries(Array.from({ length: config.numLabels }, (_, i) => [String(i), `LABEL_${i}`])),
    label2id: Object.fromEntries(Array.from({ length: config.numLabels }, (_, i) => [`LABEL_${i}`, i])),
    pad_token_id: config.padTokenId ?? null,
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: config.eosTokenId ?? null,
    dtype: 'float32',
  };
}

/** Others go by the name as well; a model of theirs must not fail later, and less clearly, over a missing tensor. */
function refuseNamesakes(json: unknown): void {
  const modelType = isJsonObject(json) ? json['model_type'] : undefined;
  if (modelType !== 'glm' && modelType !== 'chatglm') return;
  throw new ConfigError({
    message: `GlmConfig: model_type must be ${GLM_MODEL_TYPE}, got "${modelType}", which is another model: ${modelType === 'glm' ? 'GLM-4, with rotary positions and gated feed-forward layers' : 'ChatGLM'}.`,
    hint: `If it is the original GLM (a checkpoint of THUDM/GLM, with max_sequence_length in its config.json), write model_type ${GLM_MODEL_TYPE}.`,
    jsonPointer: '/model_type',
  });
}

function refuseUnsupported(reader: ConfigReader): void {
  if (!reader.boolean('block_position_encoding', true)) throw reader.error('block_position_encoding', 'true', false);
  if (reader.boolean('relative_encoding', false)) throw reader.error('relative_encoding', 'false', true);
  if (!reader.boolean('tie_word_embeddings', true)) throw reader.error('tie_word_embeddings', 'true', false);
  reader.choice('pool_token', { cls: true }, 'cls');
  if (reader.has('spell_length')) {
    throw reader.error('spell_length', 'absent (continuous prompts are adapters)', reader.integer('spell_length'));
  }
}

function optionalId(reader: ConfigReader, field: string): number | undefined {
  return reader.has(field) ? reader.integer(field) : undefined;
}
