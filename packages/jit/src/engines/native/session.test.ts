import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { jit } from '../../jit.ts';
import { onnxRuntimeEngine } from '../onnxruntime.ts';
import { toHostTensor, viewHostTensor } from '../host-memory.ts';

describe('NativeSession', () => {
  leaksNoTensors();

  it('sees where its inputs lie in each run, of several at once, too', async () => {
    const add = jit((x: tf.Tensor, y: tf.Tensor) => tf.add(x, y), { engine: onnxRuntimeEngine() });
    const pair = (value: number): tf.Tensor => toHostTensor(Float32Array.of(value, value), [2], 'float32');
    const [one, ten, hundred, thousand] = [pair(1), pair(10), pair(100), pair(1000)] as const;
    const runs = [add(one, ten), add(hundred, ten), add(hundred, thousand), add(one, ten)];
    const results = await Promise.all(runs);
    const again = await add(thousand, ten);
    expect([...results, again].map((sum) => viewHostTensor(sum)[0])).toEqual([11, 110, 1100, 11, 1010]);
    add.dispose();
    await expect(add(ten, one)).rejects.toThrow('JIT_DISPOSED');
    tf.dispose([one, ten, hundred, thousand, results, again]);
  });
});
