import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  Linear,
  normal,
  shapeOf,
  stopGradient,
  tensorAt,
  within,
  zeros,
  type CacheShape,
  type CausalOutputs,
  type DecoderInputs,
  type EncoderDecoderHiddenStates,
  type EncoderDecoderInputs,
  type EncoderDecoderModel,
  type EncoderDecoderOutputs,
  type EncoderInputs,
  type EncoderOutputs,
  type ForwardOptions,
  type KeyValues,
  type LinearLayer,
  type Module,
  type ParameterSource,
  type SequenceClassifier,
  type SequenceInputs,
  type SpanPredictor,
} from '@cloze/core';
import type { BartConfig } from './config.ts';
import { BartModel } from './model.ts';

/** BART with its language modeling head: scores of the target by the token embeddings (tied). */
export class BartForConditionalGeneration implements EncoderDecoderModel {
  readonly model: BartModel;
  /** [V], added to the scores. Saved with the model and never trained; zero in the published models. */
  readonly finalLogitsBias: tf.Tensor;
  readonly cacheShape: CacheShape;
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;

  constructor(config: BartConfig, source: ParameterSource) {
    const { vocabSize, hiddenSize, maxPositions, decoder } = config;
    const { numLayers, numHeads } = decoder;
    this.model = new BartModel(config, source.at('model'));
    this.finalLogitsBias = source.get('finalLogitsBias', [vocabSize], zeros);
    this.cacheShape = { numLayers, numHeads, headSize: hiddenSize / numHeads, maxPositions, vocabSize };
    this.decoderStartTokenId = config.decoderStartTokenId;
    this.padTokenId = config.padTokenId;
  }

  /** @throws {ShapeError} see {@link BartModel}. */
  encode(inputs: EncoderInputs, options: ForwardOptions = {}): EncoderOutputs {
    return this.model.encode(inputs, within(options, 'model'));
  }

  crossKeyValues(encoderLastHiddenState: tf.Tensor, options: ForwardOptions = {}): KeyValues[] {
    return this.model.crossKeyValues(encoderLastHiddenState, within(options, 'model'));
  }

  /** @throws {ShapeError} see {@link BartModel}. */
  decode(inputs: DecoderInputs, options: ForwardOptions = {}): CausalOutputs {
    const outputs = this.model.decode(inputs, within(options, 'model'));
    return { ...outputs, logits: this.project(outputs.lastHiddenState) };
  }

  /** @throws {ShapeError} see {@link BartModel}. */
  forward(inputs: EncoderDecoderInputs, options: ForwardOptions = {}): EncoderDecoderOutputs {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    return { ...outputs, logits: this.project(outputs.lastHiddenState) };
  }

  /** Decoder states [B, T, D] to scores [B, T, V]. */
  project(lastHiddenState: tf.Tensor): tf.Tensor {
    return tf.add(this.model.tokenEmbedding.project(lastHiddenState), stopGradient(this.finalLogitsBias));
  }
}

/**
 * BART with a classifier on the decoder's state at the last end-of-text token; the same text is fed to encoder and decoder.
 *
 * Every sequence must hold `eosTokenId`; one without is judged by its first token, where Hugging Face transformers throws.
 *
 * @see Lewis et al. 2020, section 3.1. <https://arxiv.org/abs/1910.13461>
 */
export class BartForSequenceClassification implements SequenceClassifier {
  readonly model: BartModel;
  readonly classificationHead: BartClassificationHead;
  readonly eosTokenId: number;

  constructor(config: BartConfig, source: ParameterSource) {
    this.model = new BartModel(config, source.at('model'));
    this.classificationHead = new BartClassificationHead(config, source.at('classificationHead'));
    this.eosTokenId = config.eosTokenId;
  }

  /**
   * `logits` [B, numLabels].
   *
   * @throws {ShapeError} see {@link BartModel}.
   */
  forward(
    { inputIds, attentionMask }: SequenceInputs,
    options: ForwardOptions = {},
  ): EncoderDecoderHiddenStates & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward({ inputIds, attentionMask }, within(options, 'model'));
    const pooled = tf.squeeze(tf.matMul(isLastToken(inputIds, this.eosTokenId), outputs.lastHiddenState), [1]); // [B, D]
    return { ...outputs, logits: this.classificationHead.forward(pooled, within(options, 'classificationHead')) };
  }
}

/** A layer with tanh, and a layer that scores. */
export class BartClassificationHead implements Module {
  readonly dense: LinearLayer;
  readonly output: LinearLayer;
  readonly classifierDropout: number;

  constructor({ hiddenSize, numLabels, classifierDropout, initializerRange }: BartConfig, source: ParameterSource) {
    const initializer = normal(initializerRange);
    this.dense = new Linear(hiddenSize, hiddenSize, source.at('dense'), { initializer });
    this.output = new Linear(hiddenSize, numLabels, source.at('output'), { initializer });
    this.classifierDropout = classifierDropout;
  }

  /** @param x [B, D]; returns [B, numLabels]. */
  forward(x: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
    const dropped = (tensor: tf.Tensor, name: string): tf.Tensor =>
      dropout(tensor, this.classifierDropout, within(options, name).key);
    const hidden = tf.tanh(this.dense.forward(dropped(x, 'inputDropout'), within(options, 'dense')));
    return this.output.forward(dropped(hidden, 'hiddenDropout'), within(options, 'output'));
  }
}

/** BART with two scores at each token of the decoder: begin and end of the answer. The same text is fed to encoder and decoder. */
export class BartForQuestionAnswering implements SpanPredictor {
  readonly model: BartModel;
  readonly score: LinearLayer;

  constructor(config: BartConfig, source: ParameterSource) {
    this.model = new BartModel(config, source.at('model'));
    this.score = new Linear(config.hiddenSize, 2, source.at('score'), { initializer: normal(config.initializerRange) });
  }

  /**
   * `startLogits` and `endLogits` [B, T], padding included.
   *
   * @throws {ShapeError} see {@link BartModel}.
   */
  forward(
    { inputIds, attentionMask }: SequenceInputs,
    options: ForwardOptions = {},
  ): EncoderDecoderHiddenStates & { readonly startLogits: tf.Tensor; readonly endLogits: tf.Tensor } {
    const outputs = this.model.forward({ inputIds, attentionMask }, within(options, 'model'));
    const scores = this.score.forward(outputs.lastHiddenState, within(options, 'score')); // [B, T, 2]
    const columns = tf.unstack(scores, -1);
    return { ...outputs, startLogits: tensorAt(columns, 0), endLogits: tensorAt(columns, 1) };
  }
}

/** [B, 1, T], 1 at the last `id` of each sequence. */
function isLastToken(inputIds: tf.Tensor, id: number): tf.Tensor {
  const [, length] = shapeOf(inputIds, 2, 'BartForSequenceClassification: inputIds');
  const positions = tf.range(0, length, 1, 'int32');
  const last = tf.argMax(tf.mul(tf.cast(tf.equal(inputIds, id), 'int32'), positions), -1); // [B]
  return tf.expandDims(tf.cast(tf.oneHot(last, length), 'float32'), 1);
}
