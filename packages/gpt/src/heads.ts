import * as tf from '@tensorflow/tfjs';
import {
  ConfigError,
  dropout,
  Linear,
  meanOfTokens,
  normal,
  shapeOf,
  tensorAt,
  within,
  type CacheShape,
  type CausalHiddenStates,
  type CausalInputs,
  type CausalLanguageModel,
  type CausalOutputs,
  type ClassifierPooling,
  type ForwardOptions,
  type LinearLayer,
  type ParameterSource,
  type SequenceClassifier,
  type SequenceInputs,
  type SpanPredictor,
  type TokenClassifier,
} from '@cloze/core';
import type { GptConfig } from './config.ts';
import { GptModel } from './model.ts';
import { selectTokens } from './select-tokens.ts';

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
 * GPT with a linear head on the last token of each sequence that is not padding, left or right, or on the mean of all of them.
 *
 * Padding is found by `padTokenId`, as in Hugging Face transformers; GPT-1's authors put a `_classify_` token there.
 */
export class GptForSequenceClassification implements SequenceClassifier {
  readonly model: GptModel;
  readonly score: LinearLayer;
  readonly padTokenId: number | undefined;
  readonly pooling: ClassifierPooling;

  constructor(config: GptConfig, source: ParameterSource) {
    this.model = new GptModel(config, source.at('model'));
    const initializer = normal(config.initializerRange);
    this.score = new Linear(config.hiddenSize, config.numLabels, source.at('score'), { initializer, hasBias: false });
    this.padTokenId = config.padTokenId;
    this.pooling = config.classifierPooling;
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
    const isToken = tokensOf(inputIds, this.padTokenId);
    const pooled = this.pooling === 'mean' ? meanOfTokens(outputs.lastHiddenState, isToken) : lastOf(outputs, isToken); // [B, D]
    return { ...outputs, logits: this.score.forward(pooled, within(options, 'score')) };
  }
}

/** [B, T] bool, what is not padding. */
function tokensOf(inputIds: tf.Tensor, padTokenId: number | undefined): tf.Tensor {
  const [batchSize, length] = shapeOf(inputIds, 2, 'GptForSequenceClassification: inputIds');
  if (padTokenId === undefined && batchSize > 1) {
    throw new ConfigError({
      message: `GptForSequenceClassification: padTokenId must be set to classify ${batchSize} sequences at once.`,
      hint: 'Set pad_token_id in the configuration, or pass one sequence at a time.',
    });
  }
  return padTokenId === undefined ? tf.ones([batchSize, length], 'bool') : tf.notEqual(inputIds, padTokenId);
}

/** [B, D], the state of each sequence's last token. */
function lastOf({ lastHiddenState }: CausalHiddenStates, isToken: tf.Tensor): tf.Tensor {
  const [, length = 0] = isToken.shape;
  const positions = tf.range(0, length, 1, 'int32');
  return selectTokens(lastHiddenState, tf.argMax(tf.mul(tf.cast(isToken, 'int32'), positions), -1));
}

/** GPT with a linear head on each token. A token sees only what stands before it. */
export class GptForTokenClassification implements TokenClassifier {
  readonly model: GptModel;
  readonly classifier: LinearLayer;
  readonly classifierDropout: number;

  constructor(config: GptConfig, source: ParameterSource) {
    this.model = new GptModel(config, source.at('model'));
    const initializer = normal(config.initializerRange);
    this.classifier = new Linear(config.hiddenSize, config.numLabels, source.at('classifier'), { initializer });
    this.classifierDropout = config.classifierDropout;
  }

  /** `logits` [B, T, numLabels]. */
  forward(
    { inputIds, attentionMask }: SequenceInputs,
    options: ForwardOptions = {},
  ): CausalHiddenStates & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward({ inputIds, attentionMask }, within(options, 'model'));
    const dropped = dropout(outputs.lastHiddenState, this.classifierDropout, within(options, 'dropout').key);
    return { ...outputs, logits: this.classifier.forward(dropped, within(options, 'classifier')) };
  }
}

/** GPT with a linear head that scores each token as the begin and as the end of an answer. */
export class GptForQuestionAnswering implements SpanPredictor {
  readonly model: GptModel;
  readonly spans: LinearLayer;

  constructor(config: GptConfig, source: ParameterSource) {
    this.model = new GptModel(config, source.at('model'));
    const initializer = normal(config.initializerRange);
    this.spans = new Linear(config.hiddenSize, 2, source.at('spans'), { initializer });
  }

  /** `startLogits` and `endLogits` [B, T]. */
  forward(
    { inputIds, attentionMask }: SequenceInputs,
    options: ForwardOptions = {},
  ): CausalHiddenStates & { readonly startLogits: tf.Tensor; readonly endLogits: tf.Tensor } {
    const outputs = this.model.forward({ inputIds, attentionMask }, within(options, 'model'));
    const scores = tf.split(this.spans.forward(outputs.lastHiddenState, within(options, 'spans')), 2, -1);
    const [startLogits, endLogits] = [tf.squeeze(tensorAt(scores, 0), [-1]), tf.squeeze(tensorAt(scores, 1), [-1])];
    return { ...outputs, startLogits, endLogits };
  }
}
