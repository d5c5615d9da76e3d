import * as tf from '@tensorflow/tfjs';
import { Linear, normal, uniform, zeros, type Module, type ParameterSource } from '@cloze/core';
import type { Foldable } from './virtual-tokens.ts';

/** Keys and values of virtual tokens, row after row. */
export interface PrefixRows extends Module {
  readonly numRows: number;
  /** [n, H * K], 0 <= row < numRows. */
  forward(row: number): tf.Tensor;
}

/** Keys and values that are trained as they are. */
export class PrefixTable implements PrefixRows {
  /** [n, rows * H * K]. */
  readonly table: tf.Tensor;
  readonly numRows: number;

  constructor(table: tf.Tensor, numRows: number) {
    this.table = table;
    this.numRows = numRows;
  }

  forward(row: number): tf.Tensor {
    return columnsOf(this.table, row, this.numRows);
  }
}

/** Sizes of {@link ProjectedPrefix}. */
export interface ProjectedPrefixConfig {
  readonly numVirtualTokens: number;
  /** Keys and values of each layer: twice the number of layers. */
  readonly numRows: number;
  /** H * K. */
  readonly rowSize: number;
  readonly encoderHiddenSize: number;
  /** Whether all keys and values are zero at first. */
  readonly startsAtZero: boolean;
}

/**
 * Keys and values by a network: an embedding of each virtual token, a layer with tanh, and a layer that makes all rows.
 *
 * @see Li and Liang 2021, section 4.3. <https://arxiv.org/abs/2101.00190>
 */
export class ProjectedPrefix implements PrefixRows, Foldable {
  /** [n, H * K]. */
  readonly embedding: tf.Tensor;
  readonly hidden: Linear;
  readonly output: Linear;
  readonly numRows: number;

  constructor(config: ProjectedPrefixConfig, source: ParameterSource) {
    const { numVirtualTokens, numRows, rowSize, encoderHiddenSize, startsAtZero } = config;
    this.embedding = source.get('embedding', [numVirtualTokens, rowSize], normal(1));
    this.hidden = new Linear(rowSize, encoderHiddenSize, source.at('hidden'), {
      initializer: uniform(1 / Math.sqrt(rowSize)),
    });
    this.output = new Linear(encoderHiddenSize, numRows * rowSize, source.at('output'), {
      initializer: startsAtZero ? zeros : uniform(1 / Math.sqrt(encoderHiddenSize)),
    });
    this.numRows = numRows;
  }

  /** Only the columns of the row are computed. */
  forward(row: number): tf.Tensor {
    const { weight, bias } = this.output;
    const product = tf.matMul(tf.tanh(this.hidden.forward(this.embedding)), columnsOf(weight, row, this.numRows));
    return bias === undefined ? product : tf.add(product, columnsOf(tf.expandDims(bias, 0), row, this.numRows));
  }

  folded(): PrefixTable {
    const table = tf.tidy(() => this.output.forward(tf.tanh(this.hidden.forward(this.embedding))));
    return new PrefixTable(table, this.numRows);
  }
}

/** The columns of one of the rows that lie side by side in a matrix. */
function columnsOf(matrix: tf.Tensor, row: number, numRows: number): tf.Tensor {
  const size = (matrix.shape[1] ?? 0) / numRows;
  return tf.slice(matrix, [0, row * size], [-1, size]);
}
