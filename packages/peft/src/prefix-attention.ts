import * as tf from '@tensorflow/tfjs';
import {
  shapeOf,
  splitHeads,
  type AttentionInputs,
  type AttentionResult,
  type FusedSelfAttention,
  type KeyValues,
  type MultiHeadAttention,
  type SelfAttention,
} from '@cloze/core';
import { notMergeable, type AdapterLayer } from './adapter-layer.ts';
import type { PrefixRows } from './prefix-table.ts';

/**
 * Self-attention that also sees trained keys and values, which stand before those of the tokens as if they had been read earlier.
 *
 * @see Li and Liang 2021, "Prefix-Tuning: Optimizing Continuous Prompts for Generation", section 4. <https://arxiv.org/abs/2101.00190>
 */
export class PrefixAttention implements SelfAttention, AdapterLayer {
  readonly base: MultiHeadAttention | FusedSelfAttention;
  /** One module for all layers. */
  readonly prefix: PrefixRows;
  /** Which row holds the keys; the values are in the next. */
  readonly row: number;

  constructor(base: MultiHeadAttention | FusedSelfAttention, prefix: PrefixRows, row: number) {
    this.base = base;
    this.prefix = prefix;
    this.row = row;
  }

  /** @param x [B, T, D]. With a cache, the prefix is in it; without, the returned keys and values begin with it. */
  forward(x: tf.Tensor, inputs: AttentionInputs = {}): AttentionResult {
    if (inputs.cache !== undefined) return this.base.forward(x, inputs);
    const [batchSize] = shapeOf(x, 3, 'PrefixAttention: x');
    const prefix = prefixKeyValues(this.prefix, { row: this.row, numHeads: this.base.numHeads }, batchSize);
    const bias = inputs.bias && withoutBias(inputs.bias, prefix.key.shape[2] ?? 0);
    const attended = this.base.forward(x, { ...inputs, cache: prefix, bias });
    return { ...attended, keyValues: joinedKeyValues(prefix, attended.keyValues) };
  }

  merged(): never {
    throw notMergeable('Prefixes', 'they are tokens, not weights');
  }
}

/** Where the keys and values of a layer stand in a prefix. */
export interface PrefixPlace {
  /** That of the keys; the values are in the next. */
  readonly row: number;
  readonly numHeads: number;
}

/** The keys and values that a prefix holds in two of its rows, each [B, H, n, K]. */
export function prefixKeyValues(prefix: PrefixRows, { row, numHeads }: PrefixPlace, batchSize: number): KeyValues {
  const at = (index: number): tf.Tensor => {
    const heads = splitHeads(tf.expandDims(prefix.forward(index), 0), numHeads); // [1, H, n, K]
    return tf.tile(heads, [batchSize, 1, 1, 1]);
  };
  return { key: at(row), value: at(row + 1) };
}

/** Keys and values, and later ones. */
export function joinedKeyValues(first: KeyValues, second: KeyValues): KeyValues {
  return { key: tf.concat([first.key, second.key], 2), value: tf.concat([first.value, second.value], 2) };
}

/** A bias of attention [..., S] with zeros for the prefix before it: every token sees all of it. */
function withoutBias(bias: tf.Tensor, numTokens: number): tf.Tensor {
  return tf.pad(
    bias,
    bias.shape.map((_, axis): [number, number] => [axis === bias.rank - 1 ? numTokens : 0, 0]),
  );
}
