import * as tf from '@tensorflow/tfjs';
import { shapeOf, tensorAt, uniform, type Module, type ParameterSource } from '@cloze/core';

/** Sizes of an LSTM. */
export interface LstmSizes {
  readonly inputSize: number;
  readonly hiddenSize: number;
}

/**
 * One direction of a layer of an LSTM over a single short sequence, in PyTorch's form: two biases, and the gates i, f, g, o.
 *
 * `c = sigmoid(f) * c + sigmoid(i) * tanh(g)`, `h = sigmoid(o) * tanh(c)`.
 *
 * @see Hochreiter and Schmidhuber 1997, "Long Short-Term Memory"; Gers et al. 2000, "Learning to Forget", section 2.
 */
export class LstmDirection implements Module {
  /** [in, 4 h]. */
  readonly inputWeight: tf.Tensor;
  /** [h, 4 h]. */
  readonly hiddenWeight: tf.Tensor;
  /** [4 h]. */
  readonly inputBias: tf.Tensor;
  /** [4 h]. */
  readonly hiddenBias: tf.Tensor;
  readonly hiddenSize: number;

  constructor({ inputSize, hiddenSize }: LstmSizes, source: ParameterSource) {
    const initializer = uniform(1 / Math.sqrt(hiddenSize));
    this.inputWeight = source.get('inputWeight', [inputSize, 4 * hiddenSize], initializer);
    this.hiddenWeight = source.get('hiddenWeight', [hiddenSize, 4 * hiddenSize], initializer);
    this.inputBias = source.get('inputBias', [4 * hiddenSize], initializer);
    this.hiddenBias = source.get('hiddenBias', [4 * hiddenSize], initializer);
    this.hiddenSize = hiddenSize;
  }

  /** @param x [T, in]; returns [T, h]. From the last to the first if `isReversed`. */
  forward(x: tf.Tensor, { isReversed }: { readonly isReversed: boolean }): tf.Tensor {
    const [length] = shapeOf(x, 2, 'LstmDirection: x');
    const ofInput = tf.add(tf.matMul(x, this.inputWeight), tf.add(this.inputBias, this.hiddenBias)); // [T, 4 h]
    let h: tf.Tensor = tf.zeros([1, this.hiddenSize]);
    let c: tf.Tensor = tf.zeros([1, this.hiddenSize]);
    const outputs: tf.Tensor[] = [];
    for (let step = 0; step < length; step++) {
      const position = isReversed ? length - 1 - step : step;
      const gates = tf.add(tf.slice(ofInput, [position, 0], [1, -1]), tf.matMul(h, this.hiddenWeight));
      const quarters = tf.split(gates, 4, 1);
      const gate = (index: number): tf.Tensor => tensorAt(quarters, index);
      c = tf.add(tf.mul(tf.sigmoid(gate(1)), c), tf.mul(tf.sigmoid(gate(0)), tf.tanh(gate(2))));
      h = tf.mul(tf.sigmoid(gate(3)), tf.tanh(c));
      outputs[position] = h;
    }
    return tf.concat(outputs, 0);
  }
}

/** Both directions of a layer. */
export class LstmLayer implements Module {
  readonly forwards: LstmDirection;
  readonly backwards: LstmDirection;

  constructor(sizes: LstmSizes, source: ParameterSource) {
    this.forwards = new LstmDirection(sizes, source.at('forwards'));
    this.backwards = new LstmDirection(sizes, source.at('backwards'));
  }

  /** @param x [T, in]; returns [T, 2 h], forwards beside backwards. */
  forward(x: tf.Tensor): tf.Tensor {
    const directions = [
      this.forwards.forward(x, { isReversed: false }),
      this.backwards.forward(x, { isReversed: true }),
    ];
    return tf.concat(directions, 1);
  }
}
