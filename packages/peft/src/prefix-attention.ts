import * as tf from '@tensorflow/tfjs';
import {
  ClozeError,
  shapeOf,
  type AttentionInputs,
  type AttentionResult,
  type FusedSelfAttention,
  type KeyValues,
  type MultiHeadAttention,
  type SelfAttention,
} from '@cloze/core';
import type { AdapterLayer } from './adapter-layer.ts';

/**
 * Self-attention that also sees trained keys and values, which stand before those of the tokens as if they had been read earlier.
 *
 * @see Li and Liang 2021, "Prefix-Tuning: Optimizing Continuous Prompts for Generation", section 4. <https://arxiv.org/abs/2101.00190>
 */
export class PrefixAttention implements SelfAttention, AdapterLayer {
  readonly base: MultiHeadAttention | FusedSelfAttention;
  /** [n, rows * D], one tensor for all layers: keys and values of n virtual tokens, row after row. */
  readonly table: tf.Tensor;
  /** Which row of the table holds the keys; the values are in the next. */
  readonly row: number;
  readonly numRows: number;

  constructor(
    base: MultiHeadAttention | FusedSelfAttention,
    { table, row, numRows }: Pick<PrefixAttention, 'table' | 'row' | 'numRows'>,
  ) {
    this.base = base;
    this.table = table;
    this.row = row;
    this.numRows = numRows;
  }

  /** @param x [B, T, D]. */
  forward(x: tf.Tensor, inputs: AttentionInputs = {}): AttentionResult {
    const [batchSize] = shapeOf(x, 3, 'PrefixAttention: x');
    const prefix = this.prefix(batchSize);
    const cache = inputs.cache === undefined ? prefix : joined(prefix, inputs.cache);
    return this.base.forward(x, { ...inputs, cache, bias: inputs.bias && withoutBias(inputs.bias, this.numTokens()) });
  }

  merged(): never {
    throw new ClozeError('USAGE', {
      message: 'Prefixes cannot be merged: they are tokens, not weights.',
      hint: 'Use the model with its prefix as it is, or train with LoRA or IA3.',
    });
  }

  private numTokens(): number {
    return shapeOf(this.table, 2, 'PrefixAttention: table')[0];
  }

  /** Each [B, H, n, K]. */
  private prefix(batchSize: number): KeyValues {
    const { numHeads } = this.base;
    const rowSize = shapeOf(this.table, 2, 'PrefixAttention: table')[1] / this.numRows;
    const at = (row: number): tf.Tensor => {
      const flat = tf.slice(this.table, [0, row * rowSize], [-1, rowSize]); // [n, D]
      const heads = tf.transpose(tf.reshape(flat, [1, -1, numHeads, rowSize / numHeads]), [0, 2, 1, 3]); // [1, H, n, K]
      return tf.tile(heads, [batchSize, 1, 1, 1]);
    };
    return { key: at(this.row), value: at(this.row + 1) };
  }
}

function joined(first: KeyValues, second: KeyValues): KeyValues {
  return { key: tf.concat([first.key, second.key], 2), value: tf.concat([first.value, second.value], 2) };
}

/** A bias of attention [..., S] with zeros for the prefix before it: every token sees all of it. */
function withoutBias(bias: tf.Tensor, numTokens: number): tf.Tensor {
  return tf.pad(
    bias,
    bias.shape.map((_, axis): [number, number] => [axis === bias.rank - 1 ? numTokens : 0, 0]),
  );
}
