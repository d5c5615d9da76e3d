import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  Linear,
  shapeOf,
  shiftRight,
  tensorAt,
  within,
  type EncoderDecoderHiddenStates,
  type EncoderOutputs,
  type ForwardOptions,
  type LinearLayer,
  type Module,
  type ParameterSource,
  type SequenceClassifier,
  type SequenceInputs,
  type SpanPredictor,
  type TokenClassifier,
} from '@cloze/core';
import type { T5Config } from './config.ts';
import { fanNormal } from './initializers.ts';
import { T5EncoderModel, T5Model } from './model.ts';

/**
 * T5 with a classifier on the decoder's state at the last closing token; the encoder reads the text, the decoder the same text one place to the right.
 *
 * Every sequence must hold `eosTokenId`; one without is judged by its first token, where Hugging Face transformers throws.
 */
export class T5ForSequenceClassification implements SequenceClassifier {
  readonly model: T5Model;
  readonly classificationHead: T5ClassificationHead;

  constructor(config: T5Config, source: ParameterSource) {
    this.model = new T5Model(config, source.at('model'));
    this.classificationHead = new T5ClassificationHead(config, source.at('classificationHead'));
  }

  /**
   * `logits` [B, numLabels].
   *
   * @throws {ShapeError} see {@link T5Model}.
   */
  forward(
    inputs: SequenceInputs,
    options: ForwardOptions = {},
  ): EncoderDecoderHiddenStates & { readonly logits: tf.Tensor } {
    const outputs = readTwice(this.model, inputs, within(options, 'model'));
    const atEnd = isLastToken(inputs.inputIds, this.model.config.eosTokenId);
    const pooled = tf.squeeze(tf.matMul(atEnd, outputs.lastHiddenState), [1]); // [B, D]
    return { ...outputs, logits: this.classificationHead.forward(pooled, within(options, 'classificationHead')) };
  }
}

/** A layer with tanh, and a layer that scores. */
class T5ClassificationHead implements Module {
  readonly dense: LinearLayer;
  readonly output: LinearLayer;
  readonly dropout: number;

  constructor(config: T5Config, source: ParameterSource) {
    const { hiddenSize, numLabels, classifierDropout } = config;
    const initializer = fanNormal(config, hiddenSize);
    this.dense = new Linear(hiddenSize, hiddenSize, source.at('dense'), { initializer });
    this.output = new Linear(hiddenSize, numLabels, source.at('output'), { initializer });
    this.dropout = classifierDropout;
  }

  /** @param x [B, D]; returns [B, numLabels]. */
  forward(x: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
    const dropped = (tensor: tf.Tensor, name: string): tf.Tensor =>
      dropout(tensor, this.dropout, within(options, name).key);
    const hidden = tf.tanh(this.dense.forward(dropped(x, 'inputDropout'), within(options, 'dense')));
    return this.output.forward(dropped(hidden, 'hiddenDropout'), within(options, 'output'));
  }
}

/** T5's encoder with a score for each label at each token. */
export class T5ForTokenClassification implements TokenClassifier {
  readonly model: T5EncoderModel;
  readonly score: LinearLayer;
  readonly dropout: number;

  constructor(config: T5Config, source: ParameterSource) {
    this.model = new T5EncoderModel(config, source.at('model'));
    this.score = createScore(config, config.numLabels, source.at('score'));
    this.dropout = config.classifierDropout;
  }

  /**
   * `logits` [B, T, numLabels].
   *
   * @throws {ShapeError} see {@link T5EncoderModel}.
   */
  forward(inputs: SequenceInputs, options: ForwardOptions = {}): EncoderOutputs & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    const kept = dropout(outputs.lastHiddenState, this.dropout, within(options, 'dropout').key);
    return { ...outputs, logits: this.score.forward(kept, within(options, 'score')) };
  }
}

/** T5 with two scores at each token of the decoder: begin and end of the answer. It reads as {@link T5ForSequenceClassification} does. */
export class T5ForQuestionAnswering implements SpanPredictor {
  readonly model: T5Model;
  readonly score: LinearLayer;

  constructor(config: T5Config, source: ParameterSource) {
    this.model = new T5Model(config, source.at('model'));
    this.score = createScore(config, 2, source.at('score'));
  }

  /**
   * `startLogits` and `endLogits` [B, T], padding included.
   *
   * @throws {ShapeError} see {@link T5Model}.
   */
  forward(
    inputs: SequenceInputs,
    options: ForwardOptions = {},
  ): EncoderDecoderHiddenStates & { readonly startLogits: tf.Tensor; readonly endLogits: tf.Tensor } {
    const outputs = readTwice(this.model, inputs, within(options, 'model'));
    const columns = tf.unstack(this.score.forward(outputs.lastHiddenState, within(options, 'score')), -1);
    return { ...outputs, startLogits: tensorAt(columns, 0), endLogits: tensorAt(columns, 1) };
  }
}

function createScore(config: T5Config, numScores: number, source: ParameterSource): LinearLayer {
  return new Linear(config.hiddenSize, numScores, source, { initializer: fanNormal(config, config.hiddenSize) });
}

/** The same text for encoder and decoder. */
function readTwice(
  model: T5Model,
  { inputIds, attentionMask }: SequenceInputs,
  options: ForwardOptions,
): EncoderDecoderHiddenStates {
  return model.forward({ inputIds, attentionMask, decoderInputIds: shiftRight(inputIds, model.config) }, options);
}

/** [B, 1, T], 1 at the last `id` of each sequence. */
function isLastToken(inputIds: tf.Tensor, id: number): tf.Tensor {
  const [, length] = shapeOf(inputIds, 2, 'T5ForSequenceClassification: inputIds');
  const positions = tf.range(0, length, 1, 'int32');
  const last = tf.argMax(tf.mul(tf.cast(tf.equal(inputIds, id), 'int32'), positions), -1); // [B]
  return tf.expandDims(tf.cast(tf.oneHot(last, length), 'float32'), 1);
}
