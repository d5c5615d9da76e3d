import * as tf from '@tensorflow/tfjs';
import {
  ConfigError,
  Linear,
  normal,
  shapeOf,
  within,
  type CacheShape,
  type CausalHiddenStates,
  type CausalInputs,
  type CausalLanguageModel,
  type CausalOutputs,
  type ForwardOptions,
  type LinearLayer,
  type ParameterSource,
  type SequenceClassifier,
  type SequenceInputs,
} from '@cloze/core';
import type { GptConfig } from './config.ts';
import { GptModel } from './model.ts';

/** GPT with its language modeling head: scores by the token embeddings (tied). */
export class GptForCausalLm implements CausalLanguageModel {
  readonly model: GptModel;
  readonly cacheShape: CacheShape;

  constructor(config: GptConfig, source: ParameterSource) {
    const { numLayers, numHeads, hiddenSize, maxPositions, vocabSize } = config;
    this.model = new GptModel(config, source.at('model'));
    this.cacheShape = { numLayers, numHeads, headSize: hiddenSize / numHeads, maxPositions, vocabSize };
  }

  /** @throws {ShapeError} see {@link GptModel}. */
  forward(inputs: CausalInputs, options: ForwardOptions = {}): CausalOutputs {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    return { ...outputs, logits: this.model.tokenEmbedding.project(outputs.lastHiddenState) };
  }
}

/**
 * GPT with a linear head on the last token of each sequence that is not padding, left or right.
 *
 * The last token is found by `padTokenId`, as in Hugging Face transformers; GPT-1's authors put a `_classify_` token there.
 */
export class GptForSequenceClassification implements SequenceClassifier {
  readonly model: GptModel;
  readonly score: LinearLayer;
  readonly padTokenId: number | undefined;

  constructor(config: GptConfig, source: ParameterSource) {
    this.model = new GptModel(config, source.at('model'));
    const initializer = normal(config.initializerRange);
    this.score = new Linear(config.hiddenSize, config.numLabels, source.at('score'), { initializer, hasBias: false });
    this.padTokenId = config.padTokenId;
  }

  /**
   * `logits` [B, numLabels].
   *
   * @throws {ConfigError} when there are several sequences and no `padTokenId`.
   */
  forward(
    { inputIds, attentionMask }: SequenceInputs,
    options: ForwardOptions = {},
  ): CausalHiddenStates & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward({ inputIds, attentionMask }, within(options, 'model'));
    const pooled = tf.squeeze(tf.matMul(isLastToken(inputIds, this.padTokenId), outputs.lastHiddenState), [1]); // [B, D]
    return { ...outputs, logits: this.score.forward(pooled, within(options, 'score')) };
  }
}

/** [B, 1, T], 1 at the last token of each sequence. */
function isLastToken(inputIds: tf.Tensor, padTokenId: number | undefined): tf.Tensor {
  const [batchSize, length] = shapeOf(inputIds, 2, 'GptForSequenceClassification: inputIds');
  if (padTokenId === undefined && batchSize > 1) {
    throw new ConfigError({
      message: `GptForSequenceClassification: padTokenId must be set to classify ${batchSize} sequences at once.`,
      hint: 'Set pad_token_id in the configuration, or pass one sequence at a time.',
    });
  }
  const isToken = padTokenId === undefined ? tf.ones([batchSize, length], 'bool') : tf.notEqual(inputIds, padTokenId);
  const positions = tf.range(0, length, 1, 'int32');
  const last = tf.argMax(tf.mul(tf.cast(isToken, 'int32'), positions), -1); // [B]
  return tf.expandDims(tf.cast(tf.oneHot(last, length), 'float32'), 1);
}
