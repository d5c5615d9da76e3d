import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { jit } from '../jit.ts';
import { toHostTensor, viewHostTensor } from './host-memory.ts';
import { onnxRuntimeEngine } from './onnxruntime.ts';

describe('viewHostTensor', () => {
  leaksNoTensors();

  it('shows memory that compiled functions read and write', async () => {
    const double = jit((x: tf.Tensor) => tf.mul(x, 2), { engine: onnxRuntimeEngine() });
    const state = toHostTensor(Float32Array.of(1, 2, 3), [3], 'float32');
    const before = await double(state);
    viewHostTensor(state)[1] = 50;
    const after = await double(state);
    expect([...viewHostTensor(before)]).toEqual([2, 4, 6]);
    expect([...viewHostTensor(after)]).toEqual([2, 100, 6]);
    tf.dispose([state, before, after]);
    double.dispose();
  });

  it('refuses tensors of other backends', () => {
    const elsewhere = tf.ones([2]);
    expect(() => viewHostTensor(elsewhere)).toThrowErrorMatchingInlineSnapshot(
      `[JitError: JIT_ARGUMENT: Only tensors that compiled functions hold can be viewed, and this one lies with another backend. Make it with toHostTensor.]`,
    );
    elsewhere.dispose();
  });
});
