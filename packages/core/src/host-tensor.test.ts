import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { toHostTensor, toTensor, type HostTensor } from './host-tensor.ts';

describe('host tensors', () => {
  leaksNoTensors();

  it.each<[HostTensor, string, number[]]>([
    [{ dtype: 'BF16', shape: [2], data: Float32Array.of(1.5, -2) }, 'float32', [1.5, -2]],
    [{ dtype: 'I64', shape: [2], data: BigInt64Array.of(5n, -100n) }, 'int32', [5, -100]],
    [{ dtype: 'U8', shape: [2], data: Uint8Array.of(5, 255) }, 'int32', [5, 255]],
    [{ dtype: 'BOOL', shape: [2], data: Uint8Array.of(0, 1) }, 'bool', [0, 1]],
    [{ dtype: 'I32', shape: [], data: Int32Array.of(3) }, 'int32', [3]],
  ])('become tensors: %o', (host, dtype, values) => {
    const tensor = toTensor(host);
    expect([tensor.dtype, tensor.shape, [...tensor.dataSync()]]).toEqual([dtype, [...host.shape], values]);
    tensor.dispose();
  });

  it('come back equal and share no memory', async () => {
    const host: HostTensor = { dtype: 'F32', shape: [1, 2], data: Float32Array.of(1, 2) };
    const tensor = toTensor(host);
    const back = await toHostTensor(tensor);
    expect(back).toEqual(host);
    back.data.fill(0 as never);
    expect([...tensor.dataSync()]).toEqual([1, 2]);
    tensor.dispose();
    const flags = tf.tensor1d([true, false], 'bool');
    expect(await toHostTensor(flags)).toEqual({ dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) });
    flags.dispose();
  });

  it('refuse integers beyond 32 bits', () => {
    expect(() =>
      toTensor({ dtype: 'I64', shape: [1], data: BigInt64Array.of(2n ** 31n) }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: A 64-bit integer must fit into 32 bits, got 2147483648. Use smaller ids.]`,
    );
  });
});
