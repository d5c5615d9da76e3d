import * as tf from '@tensorflow/tfjs';
import { multiplyLastAxis, shapeOf, uniform, zeros, type Module, type ParameterSource } from '@cloze/core';
import { runProjectedLstm } from './lstm-operation.ts';

/** What an LSTM knows after the words that it has read. */
export interface LstmState {
  /** [B, M]. */
  readonly memory: tf.Tensor;
  /** [B, D], its last output. */
  readonly hidden: tf.Tensor;
}

/** The words of an LSTM, in the order in which it reads them. */
export interface LstmInputs {
  /** [T, B, in]. */
  readonly x: tf.Tensor;
  /** [T, B, 1], 1 = a word, 0 = padding, which is at the end: there the state stays and the output is 0. */
  readonly mask: tf.Tensor;
  /** Default: zeros. */
  readonly state: LstmState | undefined;
}

/** Sizes and bounds of a {@link ProjectedLstm}. */
export interface LstmConfig {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly memorySize: number;
  readonly memoryClip: number | undefined;
  readonly hiddenClip: number | undefined;
}

/** Closes or opens a gate for good. */
const ALWAYS = 1e4;

/**
 * An LSTM whose output is a projection of its memory, both clipped. With the gates i, f, o and the candidate j:
 *
 * `c = clip(sigmoid(i) * tanh(j) + sigmoid(f + 1) * c)`, `h = clip((sigmoid(o) * tanh(c)) @ projection)`.
 *
 * The 1 is added when it runs, as TensorFlow does, so that parameters are those of the published files.
 *
 * @see Sak et al. 2014, "Long Short-Term Memory Based Recurrent Neural Network Architectures", section 2.2, without peepholes.
 *   <https://arxiv.org/abs/1402.1128>
 */
export class ProjectedLstm implements Module {
  /** [in + D, 4 M]: rows of the input, then of the last output; columns i, j, f, o. */
  readonly weight: tf.Tensor;
  /** [4 M]. */
  readonly bias: tf.Tensor;
  /** [M, D]. */
  readonly projection: tf.Tensor;
  readonly config: LstmConfig;

  constructor(config: LstmConfig, source: ParameterSource) {
    const { inputSize, hiddenSize, memorySize } = config;
    this.weight = matrix(source, 'weight', inputSize + hiddenSize, 4 * memorySize);
    this.bias = source.get('bias', [4 * memorySize], zeros);
    this.projection = matrix(source, 'projection', memorySize, hiddenSize);
    this.config = config;
  }

  /** `outputs` [T, B, D]. */
  forward({ x, mask, state }: LstmInputs): { readonly outputs: tf.Tensor; readonly state: LstmState } {
    const { inputSize, hiddenSize, memorySize, memoryClip, hiddenClip } = this.config;
    const batchSize = x.shape[1] ?? 1;
    const { memory, hidden } = state ?? {
      memory: tf.zeros([batchSize, memorySize]),
      hidden: tf.zeros([batchSize, hiddenSize]),
    };
    // What does not depend on the word before is one product for all words.
    const ofInput = tf.slice(this.weight, [0, 0], [inputSize, -1]);
    const bias = tf.add(this.bias, byGate({ i: 0, f: 1 }, memorySize));
    // At padding the input gate is closed and the forget gate open: that keeps the memory.
    const keepsMemory = tf.mul(tf.sub(1, mask), byGate({ i: -ALWAYS, f: ALWAYS }, memorySize));
    const gates = tf.add(tf.add(multiplyLastAxis(x, ofInput), bias), keepsMemory); // [T, B, 4 M]
    const recurrent = tf.slice(this.weight, [inputSize, 0], [hiddenSize, -1]);
    const results = runProjectedLstm(
      { gates, recurrent, projection: this.projection, memory, hidden },
      { memoryClip, hiddenClip },
    );
    const outputs = tf.mul(results.hiddens, mask);
    return { outputs, state: { memory: results.memory, hidden: lastWord(outputs, mask, hidden) } };
  }
}

/** Uniform with the variance of `xavierNormal`: what TensorFlow begins with where nothing is said. */
function matrix(source: ParameterSource, name: string, rows: number, columns: number): tf.Tensor {
  return source.get(name, [rows, columns], uniform(Math.sqrt(6 / (rows + columns))));
}

/** [4 M], in the order i, j, f, o. */
function byGate({ i, f }: { readonly i: number; readonly f: number }, memorySize: number): tf.Tensor {
  return tf.tensor1d([i, 0, f, 0].flatMap((value) => Array.from({ length: memorySize }, () => value)));
}

/** [B, D]: the output at the last word of each row, and what was there before where a row has no words. */
function lastWord(outputs: tf.Tensor, mask: tf.Tensor, before: tf.Tensor): tf.Tensor {
  const [length] = shapeOf(mask, 3, 'ProjectedLstm: mask');
  const following = tf.slice(
    tf.pad(mask, [
      [0, 1],
      [0, 0],
      [0, 0],
    ]),
    [1, 0, 0],
    [length, -1, -1],
  );
  const isLast = tf.sub(mask, following); // [T, B, 1]
  const hasWords = tf.squeeze(tf.slice(mask, [0, 0, 0], [1, -1, -1]), [0]); // [B, 1]
  return tf.add(tf.sum(tf.mul(outputs, isLast), 0), tf.mul(before, tf.sub(1, hasWords)));
}
