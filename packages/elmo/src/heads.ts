import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  Linear,
  tensorAt,
  within,
  type BidirectionalHiddenStates,
  type BidirectionalLanguageModel,
  type ForwardOptions,
  type LinearLayer,
  type ParameterSource,
  type SequenceClassifier,
  type TokenClassifier,
} from '@cloze/core';
import type { ElmoConfig } from './config.ts';
import { ElmoModel, type ElmoInputs, type ElmoOutputs } from './model.ts';
import { ScalarMix } from './scalar-mix.ts';
import { VocabularySoftmax } from './vocabulary-softmax.ts';

/** The outputs of {@link ElmoForBidirectionalLm}. */
export interface ElmoLmOutputs extends ElmoOutputs {
  /** [B, T, V]; position t predicts word t + 1. */
  readonly forwardLogits: tf.Tensor;
  /** [B, T, V]; position t predicts word t - 1. */
  readonly backwardLogits: tf.Tensor;
}

/** ELMo as it is pre-trained: a forward and a backward language model that share characters and softmax. */
export class ElmoForBidirectionalLm implements BidirectionalLanguageModel {
  readonly model: ElmoModel;
  readonly softmax: VocabularySoftmax;

  constructor(config: ElmoConfig, source: ParameterSource) {
    this.model = new ElmoModel(config, source.at('model'));
    this.softmax = new VocabularySoftmax(config, source.at('softmax'));
  }

  /** What the softmax reads. With `state`, the outputs hold the next one: this is how training carries it. */
  encode(inputs: ElmoInputs, options: ForwardOptions = {}): BidirectionalHiddenStates & ElmoOutputs {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    const dropped = dropout(outputs.lastHiddenState, this.model.config.dropout, within(options, 'output').key);
    const halves = tf.split(dropped, 2, 2);
    return { ...outputs, forwardHiddenState: tensorAt(halves, 0), backwardHiddenState: tensorAt(halves, 1) };
  }

  /** @throws {ShapeError} see {@link ElmoModel}. */
  forward(inputs: ElmoInputs, options: ForwardOptions = {}): ElmoLmOutputs {
    const { forwardHiddenState, backwardHiddenState, ...outputs } = this.encode(inputs, options);
    const forwardLogits = this.softmax.forward(forwardHiddenState);
    return { ...outputs, forwardLogits, backwardLogits: this.softmax.forward(backwardHiddenState) };
  }
}

/**
 * A mix of ELMo's layers, averaged over the words, with a linear head. Train all of it, or only what is not `model.`: then the mix learns which layers the
 * task needs.
 */
export class ElmoForSequenceClassification implements SequenceClassifier {
  readonly model: ElmoModel;
  readonly mix: ScalarMix;
  readonly score: LinearLayer;

  constructor(config: ElmoConfig, source: ParameterSource) {
    this.model = new ElmoModel(config, source.at('model'));
    this.mix = mixOf(config, source);
    this.score = new Linear(2 * config.hiddenSize, config.numLabels, source.at('score'));
  }

  /** `logits` [B, numLabels]. */
  forward(inputs: ElmoInputs, options: ForwardOptions = {}): ElmoOutputs & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    const mixed = mixLayers(this, outputs, options);
    const isWord = tf.expandDims(outputs.mask, 2); // [B, T, 1]
    const mean = tf.div(tf.sum(tf.mul(mixed, isWord), 1), tf.sum(isWord, 1)); // [B, 2 D]
    return { ...outputs, logits: this.score.forward(mean, within(options, 'score')) };
  }
}

/** A mix of ELMo's layers with a linear head at each word. */
export class ElmoForTokenClassification implements TokenClassifier {
  readonly model: ElmoModel;
  readonly mix: ScalarMix;
  readonly score: LinearLayer;

  constructor(config: ElmoConfig, source: ParameterSource) {
    this.model = new ElmoModel(config, source.at('model'));
    this.mix = mixOf(config, source);
    this.score = new Linear(2 * config.hiddenSize, config.numLabels, source.at('score'));
  }

  /** `logits` [B, T, numLabels]. */
  forward(inputs: ElmoInputs, options: ForwardOptions = {}): ElmoOutputs & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    return { ...outputs, logits: this.score.forward(mixLayers(this, outputs, options), within(options, 'score')) };
  }
}

function mixOf({ numLayers, normalizesMix }: ElmoConfig, source: ParameterSource): ScalarMix {
  return new ScalarMix({ numLayers: numLayers + 1, normalizes: normalizesMix }, source.at('mix'));
}

function mixLayers(
  { model, mix }: { readonly model: ElmoModel; readonly mix: ScalarMix },
  { hiddenStates, mask }: ElmoOutputs,
  options: ForwardOptions,
): tf.Tensor {
  return dropout(mix.forward(hiddenStates, mask), model.config.mixDropout, within(options, 'mix').key);
}
