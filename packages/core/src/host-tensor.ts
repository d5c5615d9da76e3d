import * as tf from '@tensorflow/tfjs';
import { ShapeError } from './errors.ts';

/** The element types of safetensors files that Cloze reads and writes. */
export type HostDtype = 'F32' | 'F16' | 'BF16' | 'I32' | 'I64' | 'U8' | 'BOOL';

/**
 * A tensor in host memory, row-major, as it stands in a file. Half precision numbers are widened to float32 (and rounded back when written), so
 * `data` is a Float32Array for F32, F16 and BF16, an Int32Array for I32, a BigInt64Array for I64, and bytes for U8 and BOOL.
 */
export interface HostTensor {
  readonly dtype: HostDtype;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
}

/**
 * Copies a host tensor into tfjs: F32, F16, BF16 as float32, I32, I64, U8 as int32, BOOL as bool. The caller owns the result.
 *
 * @throws {ShapeError} when a 64-bit integer does not fit into 32 bits, which is all that tfjs has.
 */
export function toTensor({ shape, data, dtype }: HostTensor): tf.Tensor {
  if (dtype === 'BOOL' && data instanceof Uint8Array) return tf.tensor(data.slice(), [...shape], 'bool');
  if (data instanceof Float32Array) return tf.tensor(data.slice(), [...shape], 'float32');
  const integers = data instanceof BigInt64Array ? narrow(data) : Int32Array.from(data);
  return tf.tensor(integers, [...shape], 'int32');
}

/** Copies a tensor out of tfjs: float32 as F32, int32 as I32, bool as BOOL. */
export async function toHostTensor(tensor: tf.Tensor): Promise<HostTensor> {
  const data = await tensor.data();
  const shape = [...tensor.shape];
  if (tensor.dtype === 'bool') return { dtype: 'BOOL', shape, data: Uint8Array.from(data) };
  if (tensor.dtype === 'int32') return { dtype: 'I32', shape, data: Int32Array.from(data) };
  return { dtype: 'F32', shape, data: Float32Array.from(data) };
}

function narrow(data: BigInt64Array): Int32Array {
  return Int32Array.from(data, (value) => {
    if (BigInt.asIntN(32, value) !== value) {
      throw new ShapeError({
        message: `A 64-bit integer must fit into 32 bits, got ${value.toString()}.`,
        hint: 'Use smaller ids.',
      });
    }
    return Number(value);
  });
}
