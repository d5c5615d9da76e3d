import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import {
  findTensor,
  toCheckpointTensors,
  transposed,
  unexpectedNames,
  type CheckpointNames,
} from './checkpoint-names.ts';
import type { HostTensor } from './host-tensor.ts';

const names: CheckpointNames = {
  entries: {
    'model.up.weight': { name: 'transformer.up.w', transpose: true },
    'model.norm.bias': { name: 'transformer.norm.bias', aliases: ['transformer.norm.beta'], fileShape: [1, 2] },
  },
  optionalPrefix: 'transformer.',
  ignored: [/^mask$/],
};
const tensor: HostTensor = { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) };

describe('checkpoint names', () => {
  leaksNoTensors();

  it.each(['transformer.norm.bias', 'norm.bias', 'transformer.norm.beta', 'norm.beta'])(
    'finds a parameter as %s',
    (name) => {
      expect(findTensor(new Map([[name, tensor]]), names, 'model.norm.bias')).toMatchObject({ name, tensor });
    },
  );

  it('says when there is no tensor and when there is no name', () => {
    expect(findTensor(new Map(), names, 'model.up.weight')).toMatchObject({
      name: 'transformer.up.w',
      tensor: undefined,
    });
    expect(() => findTensor(new Map(), names, 'toString')).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: The parameter toString has no name in checkpoints. Add it to the family's checkpoint.ts.]`,
    );
  });

  it('lists what a file holds besides', () => {
    const file = ['up.w', 'norm.beta', 'mask', 'transformer.mask', 'head.weight', 'constructor'];
    expect(unexpectedNames(file, names)).toEqual(['head.weight', 'constructor']);
  });

  it('turns parameters into the form of files', async () => {
    const weight = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const bias = tf.tensor1d([7, 8]);
    expect(await toCheckpointTensors({ 'model.up.weight': weight, 'model.norm.bias': bias }, names)).toEqual(
      new Map([
        ['transformer.up.w', { dtype: 'F32', shape: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) }],
        ['transformer.norm.bias', { dtype: 'F32', shape: [1, 2], data: Float32Array.of(7, 8) }],
      ]),
    );
    tf.dispose([weight, bias]);
  });

  it('transposes back to where it was', () => {
    const matrix: HostTensor = { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(transposed(transposed(matrix))).toEqual(matrix);
  });
});
