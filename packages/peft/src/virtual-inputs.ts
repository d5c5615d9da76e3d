import * as tf from '@tensorflow/tfjs';
import { isTensor, ShapeError } from '@cloze/core';

/** What a model is given, by name; what is not given may be undefined. */
export type NamedInputs = Readonly<Record<string, unknown>>;

/** Virtual tokens that stand before a text. */
export interface VirtualPlace {
  /** n. */
  readonly numVirtualTokens: number;
  /** The id of the first; the others follow. */
  readonly firstId: number;
}

type Change = (tensor: tf.Tensor, place: VirtualPlace) => tf.Tensor;

/** What stands for a virtual token where a label is asked for: nothing is predicted. */
const NO_LABEL = -100;

/** How each input of a model changes when virtual tokens stand before its tokens; the last axis counts tokens. */
const CHANGES: Readonly<Record<string, Change>> = {
  inputIds: (ids, { numVirtualTokens, firstId }) => preceded(ids, range(firstId, numVirtualTokens)),
  attentionMask: (mask, { numVirtualTokens }) => preceded(mask, tf.ones([numVirtualTokens], 'int32')),
  tokenTypeIds: (ids, { numVirtualTokens }) => preceded(ids, tf.zeros([numVirtualTokens], 'int32')),
  positionIds: (ids, place) => preceded(behind(ids, place.numVirtualTokens), range(0, place.numVirtualTokens)),
  blockPositionIds: (ids, { numVirtualTokens }) => preceded(ids, tf.zeros([numVirtualTokens], 'int32')),
  targetIds: (ids, { numVirtualTokens }) => preceded(ids, tf.fill([numVirtualTokens], NO_LABEL, 'int32')),
  predictionPositions: (positions, { numVirtualTokens }) => behind(positions, numVirtualTokens),
  mcTokenIds: (positions, { numVirtualTokens }) => behind(positions, numVirtualTokens),
  sep: (lengths, { numVirtualTokens }) => behind(lengths, numVirtualTokens),
};

/**
 * The inputs of a model with virtual tokens before the text.
 *
 * @throws {ShapeError} when there is an input of which it is not known how it changes.
 */
export function withVirtualTokens(inputs: NamedInputs, place: VirtualPlace): NamedInputs {
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => {
      const change = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
      if (change !== undefined && isTensor(value)) return [name, change(value, place)];
      throw new ShapeError({
        message: `A model with virtual tokens must be given tensors named ${Object.keys(CHANGES).join(', ')}, got ${name}.`,
        hint: 'Leave it out, or train with LoRA.',
      });
    }),
  );
}

/** Positions of tokens behind the virtual ones. */
export function behind(positions: tf.Tensor, numVirtualTokens: number): tf.Tensor {
  return tf.add(positions, tf.scalar(numVirtualTokens, 'int32'));
}

/** [..., T] -> [..., n + T], with the same n values before each row. */
export function preceded(rows: tf.Tensor, values: tf.Tensor): tf.Tensor {
  const leading = rows.shape.slice(0, -1);
  const shape = [...leading.map(() => 1), values.size];
  return tf.concat([tf.tile(tf.cast(tf.reshape(values, shape), rows.dtype), [...leading, 1]), rows], -1);
}

function range(first: number, count: number): tf.Tensor {
  return tf.range(first, first + count, 1, 'int32');
}
