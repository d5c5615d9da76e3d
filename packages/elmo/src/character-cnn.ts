import * as tf from '@tensorflow/tfjs';
import {
  ACTIVATIONS,
  Embedding,
  Linear,
  multiplyLastAxis,
  normal,
  shapeOf,
  uniform,
  zeros,
  type Initializer,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { CharacterFilter, ElmoConfig } from './config.ts';
import { Highway } from './highway.ts';
import { maxOverPositions } from './max-over-positions.ts';

/** Bytes, sentence and word markers, padding: what stands in the table of published files. */
const NUM_CHARACTERS = 261;

/**
 * Words by their characters: convolutions of several widths, the largest response of each, highway layers, a projection.
 *
 * Convolutions are products of unfolded windows: that has gradients on every tfjs backend and compiles to plain matrix products.
 *
 * @see Jozefowicz et al. 2016, "Exploring the Limits of Language Modeling", section 3.2. <https://arxiv.org/abs/1602.02410>
 */
export class CharacterCnn implements Module {
  readonly characters: Embedding;
  readonly convolutions: readonly CharacterConvolution[];
  readonly highways: readonly Highway[];
  /** Absent where the filters are as many as the model is wide. */
  readonly projection: Linear | undefined;

  constructor(config: ElmoConfig, source: ParameterSource) {
    const { characterEmbeddingSize, filters, numHighwayLayers, hiddenSize } = config;
    const numFilters = filters.reduce((sum, { count }) => sum + count, 0);
    const initializer = uniform(1);
    this.characters = new Embedding(NUM_CHARACTERS, characterEmbeddingSize, source.at('characters'), { initializer });
    this.convolutions = filters.map(
      (filter, index) => new CharacterConvolution(filter, config, source.at('convolutions', index)),
    );
    this.highways = Array.from(
      { length: numHighwayLayers },
      (_, index) => new Highway(numFilters, source.at('highways', index)),
    );
    this.projection =
      numFilters === hiddenSize
        ? undefined
        : new Linear(numFilters, hiddenSize, source.at('projection'), {
            initializer: normal(1 / Math.sqrt(numFilters)),
          });
  }

  /**
   * @param ids [C, N] int32, characters before words, because the windows of all words at one position then lie side by side. 0 = no word.
   * @returns [N, D]; what it gives for no word has no meaning.
   */
  forward(ids: tf.Tensor): tf.Tensor {
    // Files and ids are one apart: 0 was given to masked words afterwards.
    const rows = tf.maximum(tf.sub(ids, tf.scalar(1, 'int32')), tf.scalar(0, 'int32'));
    const embedded = this.characters.forward(rows); // [C, N, E]
    const features = this.convolutions.map((convolution) => convolution.forward(embedded));
    const filtered = this.highways.reduce((x, highway) => highway.forward(x), tf.concat(features, 1)); // [N, filters]
    return this.projection === undefined ? filtered : this.projection.forward(filtered);
  }
}

/** Filters of one width, without padding at the ends: their largest response over all positions, then bias and activation. */
class CharacterConvolution implements Module {
  /** [width * E, count]. */
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor;
  readonly width: number;
  readonly activation: 'relu' | 'tanh';

  constructor({ width, count }: CharacterFilter, config: ElmoConfig, source: ParameterSource) {
    const inputSize = width * config.characterEmbeddingSize;
    const initializer = FIRST_WEIGHTS[config.characterActivation](inputSize);
    this.weight = source.get('weight', [inputSize, count], initializer);
    this.bias = source.get('bias', [count], zeros);
    this.width = width;
    this.activation = config.characterActivation;
  }

  /** @param x [C, N, E]; returns [N, count]. */
  forward(x: tf.Tensor): tf.Tensor {
    const [numCharacters] = shapeOf(x, 3, 'CharacterConvolution: x');
    const numPositions = numCharacters - this.width + 1;
    const shifted = Array.from({ length: this.width }, (_, offset) =>
      tf.slice(x, [offset, 0, 0], [numPositions, -1, -1]),
    );
    const responses = multiplyLastAxis(tf.concat(shifted, 2), this.weight); // [positions, N, count]
    // The bias is the same everywhere, so it can wait for the maximum.
    return ACTIVATIONS[this.activation](tf.add(maxOverPositions(responses), this.bias));
  }
}

/** By the size of a window. */
const FIRST_WEIGHTS: Readonly<Record<ElmoConfig['characterActivation'], (inputSize: number) => Initializer>> = {
  relu: () => uniform(0.05),
  tanh: (inputSize) => normal(Math.sqrt(1 / inputSize)),
};
