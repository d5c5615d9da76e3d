import * as tf from '@tensorflow/tfjs';
import { dropout, Embedding, within, type ForwardOptions, type Module, type ParameterSource } from '@cloze/core';
import type { T5Config } from './config.ts';

/** The sum of token and position embeddings. */
export class T5Embeddings implements Module {
  readonly tokens: Embedding;
  readonly positions: Embedding;
  readonly dropout: number;

  constructor({ vocabSize, maxPositions, hiddenSize, hiddenDropout }: T5Config, source: ParameterSource) {
    this.tokens = new Embedding(vocabSize, hiddenSize, source.at('tokens'));
    this.positions = new Embedding(maxPositions, hiddenSize, source.at('positions'));
    this.dropout = hiddenDropout;
  }

  /**
   * @param inputIds [B, T] int32.
   * @param positionIds [B, T] int32. Default: 0 ... T - 1.
   * @returns [B, T, D].
   */
  forward(inputIds: tf.Tensor, positionIds: tf.Tensor | undefined, options: ForwardOptions = {}): tf.Tensor {
    const positions =
      positionIds === undefined
        ? this.positions.firstRows(inputIds.shape[1] ?? 1) // [T, D]
        : this.positions.forward(positionIds); // [B, T, D]
    return dropout(tf.add(this.tokens.forward(inputIds), positions), this.dropout, within(options, 'dropout').key);
  }
}
