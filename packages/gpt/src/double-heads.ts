import * as tf from '@tensorflow/tfjs';
import {
  ACTIVATIONS,
  dropout,
  Linear,
  normal,
  shapeOf,
  within,
  type Activation,
  type CausalHiddenStates,
  type ForwardOptions,
  type LinearLayer,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { GptConfig } from './config.ts';
import { GptModel } from './model.ts';
import { selectTokens } from './select-tokens.ts';

/** The inputs of {@link GptDoubleHeads}: C answers to each question, each written out with its question. */
export interface DoubleHeadsInputs {
  /** [B, C, T] int32. */
  readonly inputIds: tf.Tensor;
  /** [B, C, T], 1 = attend, 0 = padding. Default: all ones. */
  readonly attentionMask?: tf.Tensor | undefined;
  /** [B, C] int32: the position of the token by which each answer is judged (`mc`: multiple choice). Default: T - 1. */
  readonly mcTokenIds?: tf.Tensor | undefined;
}

/** What {@link GptDoubleHeads} computes. All tensors belong to the caller. */
export interface DoubleHeadsOutputs extends Pick<CausalHiddenStates, 'lastHiddenState' | 'hiddenStates'> {
  /** [B, C, T, V]; position t predicts token t + 1. */
  readonly logits: tf.Tensor;
  /** [B, C], a score for each answer. */
  readonly mcLogits: tf.Tensor;
}

/**
 * GPT with a language modeling head and a head that chooses between answers, fine-tuned together.
 *
 * @see Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", section 3.2: the loss is that of the choice plus half of
 *   the language model's. Hugging Face transformers returns both and leaves the weighting to the caller.
 */
export class GptDoubleHeads implements Module {
  readonly model: GptModel;
  readonly choiceScore: LinearLayer;
  readonly summaryDropout: number;
  readonly summaryActivation: Activation | undefined;

  constructor(config: GptConfig, source: ParameterSource) {
    this.model = new GptModel(config, source.at('model'));
    const initializer = normal(config.initializerRange);
    this.choiceScore = new Linear(config.hiddenSize, 1, source.at('choiceScore'), { initializer });
    this.summaryDropout = config.summaryDropout;
    this.summaryActivation = config.summaryActivation;
  }

  /** `hiddenStates` are [B * C, T, D] but the last, which is `lastHiddenState` [B, C, T, D], as in Hugging Face transformers. */
  forward(
    { inputIds, attentionMask, mcTokenIds }: DoubleHeadsInputs,
    options: ForwardOptions = {},
  ): DoubleHeadsOutputs {
    const [batchSize, numChoices, length] = shapeOf(inputIds, 3, 'GptDoubleHeads: inputIds');
    const flat = (tensor: tf.Tensor): tf.Tensor => tf.reshape(tensor, [batchSize * numChoices, length]);
    const { lastHiddenState: hidden, hiddenStates } = this.model.forward(
      { inputIds: flat(inputIds), attentionMask: attentionMask && flat(attentionMask) },
      within(options, 'model'),
    ); // [B * C, T, D]
    const lastHiddenState = tf.reshape(hidden, [batchSize, numChoices, length, -1]);
    const positions = mcTokenIds ?? tf.fill([batchSize, numChoices], length - 1, 'int32');
    const summary = selectTokens(hidden, tf.reshape(positions, [-1])); // [B * C, D]
    const dropped = dropout(summary, this.summaryDropout, within(options, 'summaryDropout').key);
    const scores = this.choiceScore.forward(dropped, within(options, 'choiceScore')); // [B * C, 1]
    const activated = this.summaryActivation === undefined ? scores : ACTIVATIONS[this.summaryActivation](scores);
    return {
      lastHiddenState,
      hiddenStates: [...hiddenStates.slice(0, -1), lastHiddenState],
      logits: this.model.tokenEmbedding.project(lastHiddenState),
      mcLogits: tf.reshape(activated, [batchSize, numChoices]),
    };
  }
}
