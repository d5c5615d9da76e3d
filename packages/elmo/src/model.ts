import * as tf from '@tensorflow/tfjs';
import {
  shapeOf,
  ShapeError,
  within,
  type CharacterInputs,
  type ForwardOptions,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import { CharacterCnn } from './character-cnn.ts';
import type { ElmoConfig } from './config.ts';
import { BidirectionalEncoder, type ElmoState } from './encoder.ts';

/** Words, and what the model remembers of earlier ones. */
export interface ElmoInputs extends CharacterInputs {
  /** The `state` of the batch before, whose rows these go on with. Default: none, every row begins anew. */
  readonly state?: ElmoState | undefined;
}

/** The outputs of {@link ElmoModel}. All belong to the caller. */
export interface ElmoOutputs {
  /** The last layer, forward beside backward, [B, T, 2 D]. */
  readonly lastHiddenState: tf.Tensor;
  /** The word embeddings beside themselves, then each layer, [B, T, 2 D]: what end tasks mix. 0 at padding. */
  readonly hiddenStates: readonly tf.Tensor[];
  /** [B, T], 1 = a word. */
  readonly mask: tf.Tensor;
  /** After the last word of each row; to be passed on with the next batch, or not. */
  readonly state: ElmoState;
}

/**
 * ELMo without a head: words by their characters, then forward and backward LSTMs.
 *
 * Published models were trained, and are evaluated, with state that is carried from batch to batch. Here it goes in and comes out, so that `forward` stays
 * pure; AllenNLP keeps it inside.
 *
 * @see Peters et al. 2018, "Deep contextualized word representations". <https://arxiv.org/abs/1802.05365>
 */
export class ElmoModel implements Module {
  readonly characterCnn: CharacterCnn;
  readonly encoder: BidirectionalEncoder;
  readonly config: ElmoConfig;

  constructor(config: ElmoConfig, source: ParameterSource) {
    this.characterCnn = new CharacterCnn(config, source.at('characterCnn'));
    this.encoder = new BidirectionalEncoder(config, source.at('encoder'));
    this.config = config;
  }

  /** @throws {ShapeError} when words are shorter than the widest filter, or a flat row is no whole number of words. */
  forward({ inputIds, attentionMask, state }: ElmoInputs, options: ForwardOptions = {}): ElmoOutputs {
    const characters = toWords(inputIds, this.config); // [B, T, C]
    const [batchSize, length] = shapeOf(characters, 3, 'ElmoModel: inputIds');
    const mask = maskOf(attentionMask ?? characters, batchSize, length); // [B, T]

    // Time comes first from here on: what the LSTMs read at one step lies side by side.
    const timeMask = tf.expandDims(tf.transpose(mask), 2); // [T, B, 1]
    const ids = tf.reshape(tf.transpose(characters, [2, 1, 0]), [-1, length * batchSize]); // [C, T * B]
    const embedded = tf.reshape(this.characterCnn.forward(ids), [length, batchSize, -1]);
    const x = tf.mul(embedded, timeMask); // [T, B, D]
    const encoded = this.encoder.forward({ x, mask: timeMask, state }, within(options, 'encoder'));

    const hiddenStates = [tf.concat([x, x], 2), ...encoded.layers].map((layer) => tf.transpose(layer, [1, 0, 2]));
    const lastHiddenState = hiddenStates.at(-1) ?? x;
    return { lastHiddenState, hiddenStates, mask, state: encoded.state };
  }
}

function toWords(inputIds: tf.Tensor, { maxCharacters, filters }: ElmoConfig): tf.Tensor {
  const [batchSize = 0, columns = 0, numCharacters = maxCharacters] = inputIds.shape;
  const widest = Math.max(...filters.map(({ width }) => width));
  if (inputIds.rank === 3 ? numCharacters < widest : columns % maxCharacters !== 0) {
    throw new ShapeError({
      message: `ElmoModel: inputIds must be [B, T, C] with C at least ${widest}, or [B, T * ${maxCharacters}], got [${inputIds.shape.join(', ')}].`,
      hint: 'Make a row of characters of each word with wordToCharacterIds.',
    });
  }
  return inputIds.rank === 3 ? inputIds : tf.reshape(inputIds, [batchSize, -1, maxCharacters]);
}

/** 1 where a word has any character, or any 1. */
function maskOf(given: tf.Tensor, batchSize: number, length: number): tf.Tensor {
  const byWord = tf.max(tf.cast(tf.reshape(given, [batchSize, length, -1]), 'int32'), 2);
  return tf.cast(tf.greater(byWord, tf.scalar(0, 'int32')), 'float32');
}
