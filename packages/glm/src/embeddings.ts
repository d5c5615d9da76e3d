import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  Embedding,
  normal,
  within,
  type BlankInfillingInputs,
  type ForwardOptions,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { GlmConfig } from './config.ts';

/**
 * The sum of the embeddings of each token, of its place in part A, and of its place in its piece.
 *
 * @see Du et al. 2022, section 2.2, "2D Positional Encoding".
 */
export class GlmEmbeddings implements Module {
  readonly tokens: Embedding;
  readonly positions: Embedding;
  readonly blockPositions: Embedding;
  readonly dropout: number;

  constructor(config: GlmConfig, source: ParameterSource) {
    const { vocabSize, maxPositions, hiddenSize } = config;
    const initializer = normal(config.initializerRange);
    this.tokens = new Embedding(vocabSize, hiddenSize, source.at('tokens'), { initializer });
    this.positions = new Embedding(maxPositions + 1, hiddenSize, source.at('positions'), { initializer });
    this.blockPositions = new Embedding(maxPositions + 1, hiddenSize, source.at('blockPositions'), { initializer });
    this.dropout = config.embeddingDropout;
  }

  /** Returns [B, T, D]. */
  forward(inputs: BlankInfillingInputs, options: ForwardOptions = {}): tf.Tensor {
    const { inputIds, positionIds, blockPositionIds } = inputs;
    const positions =
      positionIds === undefined
        ? this.positions.firstRows(inputIds.shape[1] ?? 1) // [T, D]
        : this.positions.forward(positionIds); // [B, T, D]
    const blockPositions =
      blockPositionIds === undefined
        ? this.blockPositions.firstRows(1) // [1, D]
        : this.blockPositions.forward(blockPositionIds); // [B, T, D]
    const sum = tf.add(tf.add(this.tokens.forward(inputIds), positions), blockPositions);
    return dropout(sum, this.dropout, within(options, 'dropout').key);
  }
}
