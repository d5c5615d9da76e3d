import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  Linear,
  normal,
  shapeOf,
  within,
  writeCache,
  type BlankInfillingInputs,
  type BlankInfillingModel,
  type CacheShape,
  type CausalHiddenStates,
  type CausalOutputs,
  type ForwardOptions,
  type KeyValues,
  type LinearLayer,
  type Module,
  type ParameterSource,
  type SequenceClassifier,
} from '@cloze/core';
import type { GlmConfig } from './config.ts';
import { GlmModel } from './model.ts';

/** The models of the family by task. */
export interface GlmModels {
  readonly base: GlmModel;
  readonly 'blank-infilling': GlmForConditionalGeneration;
  readonly 'sequence-classification': GlmForSequenceClassification;
  readonly 'multiple-choice': GlmForMultipleChoice;
}

/** One more token of part B of each row, beside a cache. */
export interface PieceTokenInputs {
  /** [B, 1] int32. */
  readonly inputIds: tf.Tensor;
  /** [B, 1] int32, that of the mask. */
  readonly positionIds: tf.Tensor;
  /** [B, 1] int32, 1 for `<|startofpiece|>`, and so on. */
  readonly blockPositionIds: tf.Tensor;
  /** [B, S + 1], 1 for each filled slot, and for the token. */
  readonly attentionMask: tf.Tensor;
  /** int32 scalar: where the token's keys and values go, 0 ... S - 1. */
  readonly slot: tf.Tensor;
}

/** GLM with its language modeling head: scores by the token embeddings (tied). Fills blanks, writes, and answers. */
export class GlmForConditionalGeneration implements BlankInfillingModel {
  readonly model: GlmModel;
  readonly cacheShape: CacheShape;

  constructor(config: GlmConfig, source: ParameterSource) {
    const { numLayers, numHeads, hiddenSize, maxPositions, vocabSize } = config;
    this.model = new GlmModel(config, source.at('model'));
    this.cacheShape = { numLayers, numHeads, headSize: hiddenSize / numHeads, maxPositions, vocabSize };
  }

  /** @throws {ShapeError} see {@link GlmModel}. */
  forward(inputs: BlankInfillingInputs, options: ForwardOptions = {}): CausalOutputs {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    return { ...outputs, logits: this.model.embeddings.tokens.project(outputs.lastHiddenState) };
  }

  /**
   * Reads part A once, from both sides: the first step of decoding.
   *
   * @returns by layer, each [B, H, T, K]; `createCache` makes a cache of it.
   */
  readContext(inputs: BlankInfillingInputs): readonly KeyValues[] {
    return this.model.forward(inputs).keyValues;
  }

  /**
   * Reads one more token of part B: every other step of decoding. Pure, so it can be compiled; there, donate the cache.
   *
   * @returns `logits` [B, V] of the token after it, and the cache with the token in it.
   */
  readToken(
    cache: readonly KeyValues[],
    { slot, ...inputs }: PieceTokenInputs,
  ): { readonly logits: tf.Tensor; readonly cache: readonly KeyValues[] } {
    const { logits, keyValues } = this.forward({ ...inputs, cache });
    return { logits: tf.squeeze(logits, [1]), cache: writeCache(cache, keyValues, slot) };
  }
}

/**
 * GLM with a classifier on the first token, `[CLS]`, of a text that is read from both sides. The authors' baseline: they prefer to classify by filling
 * a blank, see {@link GlmForMultipleChoice}.
 */
export class GlmForSequenceClassification implements SequenceClassifier {
  readonly model: GlmModel;
  readonly dense: LinearLayer;
  readonly output: LinearLayer;
  readonly dropout: number;

  constructor(config: GlmConfig, source: ParameterSource) {
    const { hiddenSize, numLabels } = config;
    const initializer = normal(config.initializerRange);
    this.model = new GlmModel(config, source.at('model'));
    this.dense = new Linear(hiddenSize, hiddenSize, source.at('dense'), { initializer });
    this.output = new Linear(hiddenSize, numLabels, source.at('output'), { initializer });
    this.dropout = config.hiddenDropout;
  }

  /**
   * `logits` [B, numLabels].
   *
   * @throws {ShapeError} see {@link GlmModel}.
   */
  forward(
    inputs: BlankInfillingInputs,
    options: ForwardOptions = {},
  ): CausalHiddenStates & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    const [batchSize, , hiddenSize] = shapeOf(outputs.lastHiddenState, 3, 'GlmForSequenceClassification');
    const first = tf.reshape(tf.slice(outputs.lastHiddenState, [0, 0, 0], [-1, 1, -1]), [batchSize, hiddenSize]);
    const entering = dropout(first, this.dropout, within(options, 'input').key);
    const pooled = tf.tanh(this.dense.forward(entering, within(options, 'dense'))); // [B, D]
    const leaving = dropout(pooled, this.dropout, within(options, 'pooled').key);
    return { ...outputs, logits: this.output.forward(leaving, within(options, 'output')) };
  }
}

/** Questions with answers to choose from, each answer in a row of its own; see `joinChoices`. */
export interface ChoiceInputs {
  /** [B, C, T] int32: the question with its mask, then `<|startofpiece|>` and the answer. */
  readonly inputIds: tf.Tensor;
  /** [B, C, T] int32. */
  readonly positionIds: tf.Tensor;
  /** [B, C, T] int32. */
  readonly blockPositionIds: tf.Tensor;
  /** [B, C] int32, the length of part A. */
  readonly sep: tf.Tensor;
  /** [B, C, T] int32: the answer and `<|endofpiece|>`, each token at the place that predicts it; negative elsewhere. */
  readonly targetIds: tf.Tensor;
  /** [B, C, T], 1 = attend, 0 = padding. Default: all ones, as padding after part B is seen by nobody. */
  readonly attentionMask?: tf.Tensor | undefined;
}

/**
 * GLM choosing between answers by how likely it is to fill the blank with each.
 *
 * The score of an answer is the sum of log P over its tokens and `<|endofpiece|>`; cross entropy over a softmax of the scores trains it.
 *
 * @see Du et al. 2022, section 2.3; Schick and Schuetze 2021, "Exploiting Cloze Questions for Few Shot Text Classification".
 */
export class GlmForMultipleChoice implements Module {
  readonly model: GlmModel;

  constructor(config: GlmConfig, source: ParameterSource) {
    this.model = new GlmModel(config, source.at('model'));
  }

  /**
   * `logits` [B, C], in nats, at most 0.
   *
   * @param options `lengthPenalty`: the exponent of the number of targets that each score is divided by. Default: 0.
   * @throws {ShapeError} see {@link GlmModel}.
   */
  forward(
    { inputIds, positionIds, blockPositionIds, sep, targetIds, attentionMask }: ChoiceInputs,
    { lengthPenalty = 0, ...options }: ForwardOptions & { readonly lengthPenalty?: number } = {},
  ): { readonly logits: tf.Tensor } {
    const [batchSize, numChoices, length] = shapeOf(inputIds, 3, 'GlmForMultipleChoice: inputIds');
    const inRows = (tensor: tf.Tensor): tf.Tensor => tf.reshape(tensor, [batchSize * numChoices, length]);
    const { lastHiddenState } = this.model.forward(
      {
        inputIds: inRows(inputIds),
        positionIds: inRows(positionIds),
        blockPositionIds: inRows(blockPositionIds),
        sep: tf.reshape(sep, [-1]),
        attentionMask: attentionMask && inRows(attentionMask),
      },
      within(options, 'model'),
    );
    const logits = this.model.embeddings.tokens.project(lastHiddenState); // [B * C, T, V]
    const scores = logLikelihood(logits, inRows(targetIds), lengthPenalty);
    return { logits: tf.reshape(scores, [batchSize, numChoices]) };
  }
}

/** The sum of log P of each row's targets: [N, T, V] and [N, T] -> [N]. */
function logLikelihood(logits: tf.Tensor, targetIds: tf.Tensor, lengthPenalty: number): tf.Tensor {
  const isTarget = tf.cast(tf.greaterEqual(targetIds, 0), 'float32'); // [N, T]
  const ids = tf.maximum(targetIds, tf.scalar(0, 'int32'));
  const ofTarget = tf.cast(tf.oneHot(ids, logits.shape.at(-1) ?? 1), 'float32'); // [N, T, V]
  const logProbabilities = tf.sum(tf.mul(tf.logSoftmax(logits), ofTarget), -1); // [N, T]
  const sums = tf.sum(tf.mul(logProbabilities, isTarget), -1);
  return lengthPenalty === 0 ? sums : tf.div(sums, tf.pow(tf.sum(isTarget, -1), lengthPenalty));
}
