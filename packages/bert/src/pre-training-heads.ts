import type * as tf from '@tensorflow/tfjs';
import {
  Linear,
  truncatedNormal,
  within,
  type ForwardOptions,
  type LinearLayer,
  type MaskedInputs,
  type MaskedLanguageModel,
  type MaskedPairModel,
  type ParameterSource,
  type SequenceClassifier,
  type SequenceInputs,
} from '@cloze/core';
import type { BertConfig } from './config.ts';
import { BertModel, pooledOf, type BertOutputs } from './model.ts';
import { BertPredictionHead } from './prediction-head.ts';

/** BERT with both heads that it is pre-trained with: masked language modeling and next-sentence prediction; section 3.1 of the paper. */
export class BertForPreTraining implements MaskedPairModel {
  readonly model: BertModel;
  readonly predictions: BertPredictionHead;
  readonly nextSentence: LinearLayer;

  constructor(config: BertConfig, source: ParameterSource) {
    this.model = new BertModel(config, source.at('model'));
    this.predictions = new BertPredictionHead(config, source.at('predictions'));
    this.nextSentence = nextSentenceHead(config, source.at('nextSentence'));
  }

  /**
   * `logits` [B, T, V], or [B, P, V] at `predictionPositions`; `nextSentenceLogits` [B, 2], of what follows and what is random.
   *
   * @throws {ShapeError} see {@link BertModel}.
   */
  forward(
    { predictionPositions: positions, ...inputs }: MaskedInputs,
    options: ForwardOptions = {},
  ): BertOutputs & { readonly logits: tf.Tensor; readonly nextSentenceLogits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    const { tokens } = this.model.embeddings;
    const predictions = within(options, 'predictions');
    return {
      ...outputs,
      logits: this.predictions.forward(outputs.lastHiddenState, { tokens, positions }, predictions),
      nextSentenceLogits: this.nextSentence.forward(pooledOf(outputs), within(options, 'nextSentence')),
    };
  }
}

/** BERT with its masked language modeling head. */
export class BertForMaskedLm implements MaskedLanguageModel {
  readonly model: BertModel;
  readonly predictions: BertPredictionHead;

  constructor(config: BertConfig, source: ParameterSource) {
    this.model = new BertModel(config, source.at('model'), { hasPooler: false });
    this.predictions = new BertPredictionHead(config, source.at('predictions'));
  }

  /**
   * `logits` [B, T, V], or [B, P, V] at `predictionPositions`.
   *
   * @throws {ShapeError} see {@link BertModel}.
   */
  forward(
    { predictionPositions: positions, ...inputs }: MaskedInputs,
    options: ForwardOptions = {},
  ): BertOutputs & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    const { tokens } = this.model.embeddings;
    const predictions = within(options, 'predictions');
    return {
      ...outputs,
      logits: this.predictions.forward(outputs.lastHiddenState, { tokens, positions }, predictions),
    };
  }
}

/** BERT with its next-sentence head. */
export class BertForNextSentencePrediction implements SequenceClassifier {
  readonly model: BertModel;
  readonly nextSentence: LinearLayer;

  constructor(config: BertConfig, source: ParameterSource) {
    this.model = new BertModel(config, source.at('model'));
    this.nextSentence = nextSentenceHead(config, source.at('nextSentence'));
  }

  /**
   * `logits` [B, 2], of what follows and what is random.
   *
   * @throws {ShapeError} see {@link BertModel}.
   */
  forward(inputs: SequenceInputs, options: ForwardOptions = {}): BertOutputs & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    return { ...outputs, logits: this.nextSentence.forward(pooledOf(outputs), within(options, 'nextSentence')) };
  }
}

function nextSentenceHead({ hiddenSize, initializerRange }: BertConfig, source: ParameterSource): Linear {
  return new Linear(hiddenSize, 2, source, { initializer: truncatedNormal(initializerRange) });
}
