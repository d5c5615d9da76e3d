import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { HostTensor } from './host-tensor.ts';
import { normal, ones } from './initializers.ts';
import { Linear } from './linear.ts';
import { disposeModule, parametersOf } from './module.ts';
import { checkpointParameters, placeholderParameters, randomParameters } from './parameter-source.ts';
import { RandomKey } from './random-key.ts';

const names = {
  entries: { 'up.weight': { name: 'w', transpose: true }, 'up.bias': { name: 'b' } },
};
const weight: HostTensor = { dtype: 'F16', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
const bias: HostTensor = { dtype: 'F32', shape: [2], data: Float32Array.of(7, 8) };

describe('randomParameters', () => {
  leaksNoTensors();

  it('gives a parameter by key and path, whatever is built before it', () => {
    const value = (path: string[], seed = 1): Float32Array =>
      tf.tidy(() =>
        randomParameters(RandomKey.fromSeed(seed))
          .at(...path.slice(0, -1))
          .get(path.at(-1) ?? '', [3], normal(1))
          .dataSync<'float32'>(),
      );
    expect(value(['a', 'b', 'c'])).toEqual(value(['a', 'b', 'c']));
    expect(value(['a', 'b', 'c'])).not.toEqual(value(['a', 'c', 'b']));
    expect(value(['a', 'b', 'c'])).not.toEqual(value(['a', 'b', 'c'], 2));
  });
});

describe('placeholderParameters', () => {
  leaksNoTensors();

  it('gives zeros of the right shapes', () => {
    const layer = new Linear(3, 2, placeholderParameters());
    expect(
      Object.values(parametersOf(layer)).map((tensor) => [tensor.shape, tensor.dataSync().every((x) => x === 0)]),
    ).toEqual([
      [[3, 2], true],
      [[2], true],
    ]);
    disposeModule(layer);
  });
});

describe('checkpointParameters', () => {
  leaksNoTensors();

  it('gives a buffer that a file lacks its first values', () => {
    const withBuffer = { entries: { bias: { name: 'b', isBuffer: true } } };
    const source = checkpointParameters(new Map(), withBuffer, { missing: randomParameters(RandomKey.fromSeed(1)) });
    tf.tidy(() => {
      expect(source.get('bias', [2], ones)).toBeAllClose([1, 1], {});
    });
  });

  it('loads under published names, transposing where the table says so', () => {
    const tensors = new Map([
      ['w', weight],
      ['b', bias],
    ]);
    const layer = new Linear(3, 2, checkpointParameters(tensors, names).at('up'));
    expect([...layer.weight.dataSync()]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...(layer.bias?.dataSync() ?? [])]).toEqual([7, 8]);
    disposeModule(layer);
  });

  it('names both sides when a tensor is missing, has another shape, or is no floating point tensor', () => {
    const load = (tensors: [string, HostTensor][]): tf.Tensor =>
      checkpointParameters(new Map(tensors), names, { file: 'model.safetensors' })
        .at('up')
        .get('weight', [3, 2], normal(1));
    expect(() => load([['b', bias]])).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: model.safetensors: up.weight must have shape [3, 2]; the checkpoint has no w. Load a checkpoint of this family and task, or say where missing parameters come from.]`,
    );
    expect(() => load([['w', { ...weight, shape: [3, 2] }]])).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: model.safetensors: up.weight must have shape [3, 2]; the checkpoint's w must be [2, 3] of F32, F16 or BF16, got [3, 2] of F16. The configuration and the weights do not belong together; take both from the same folder.]`,
    );
    expect(() =>
      load([['w', { dtype: 'I32', shape: [2, 3], data: new Int32Array(6) }]]),
    ).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: model.safetensors: up.weight must have shape [3, 2]; the checkpoint's w must be [2, 3] of F32, F16 or BF16, got [2, 3] of I32. The configuration and the weights do not belong together; take both from the same folder.]`,
    );
  });

  it('takes missing parameters from another source and reports them', () => {
    const missing: string[] = [];
    const source = checkpointParameters(new Map([['w', weight]]), names, {
      missing: placeholderParameters(),
      onMissing: (path) => missing.push(path),
    });
    const layer = new Linear(3, 2, source.at('up'));
    expect(missing).toEqual(['up.bias']);
    disposeModule(layer);
  });

  it('refuses tensors that the model does not have, unless they are named', () => {
    const tensors = new Map([
      ['w', weight],
      ['b', bias],
      ['head', bias],
    ]);
    expect(() => checkpointParameters(tensors, names)).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: The checkpoint holds 1 tensors that the model does not have: head. Load it with the family and task that it was made for, or name the tensors that may be left out.]`,
    );
    expect(() => checkpointParameters(tensors, names, { allowUnexpected: (name) => name === 'head' })).not.toThrow();
  });
});
