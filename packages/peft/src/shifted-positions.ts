import * as tf from '@tensorflow/tfjs';
import { Embedding, multiplyLastAxis, ShapeError } from '@cloze/core';

/** A table of positions behind a prefix: the first token stands at `offset`. */
export class ShiftedPositions implements Embedding {
  readonly base: Embedding;
  readonly offset: number;
  readonly paddingId: undefined;

  /** @throws {ShapeError} when the prefix leaves no positions. */
  constructor(base: Embedding, offset: number) {
    const [numPositions = 0] = base.weight.shape;
    if (offset >= numPositions) {
      throw new ShapeError({
        message: `A prefix must be shorter than the ${numPositions} positions of the model, got ${offset} tokens.`,
        hint: 'Use fewer virtual tokens.',
      });
    }
    this.base = base;
    this.offset = offset;
  }

  /** [V - offset, D]. */
  get weight(): tf.Tensor {
    return tf.slice(this.base.weight, [this.offset, 0], [-1, -1]);
  }

  forward(ids: tf.Tensor): tf.Tensor {
    return this.base.forward(tf.add(ids, tf.scalar(this.offset, 'int32')));
  }

  firstRows(count: number): tf.Tensor {
    return tf.slice(this.base.weight, [this.offset, 0], [count, -1]);
  }

  project(x: tf.Tensor): tf.Tensor {
    return multiplyLastAxis(x, this.weight, { transpose: true });
  }
}
