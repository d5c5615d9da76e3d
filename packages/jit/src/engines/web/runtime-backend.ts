import * as tf from '@tensorflow/tfjs';
import type { Tensor as RuntimeTensor } from 'onnxruntime-web';
import { JitError } from '../../errors.ts';
import { isElementType, type ElementArray, type ElementType } from '../../graph.ts';
import { MemoryBackend } from '../memory-backend.ts';
import { inTurn } from './in-turn.ts';

/** The name of the backend that owns the results of functions compiled for onnxruntime-web. */
const RUNTIME_BACKEND = 'cloze-runtime';

/** Holds the results of compiled functions on the graphics card where they were computed, so that the next call finds them in place. */
export class RuntimeBackend extends MemoryBackend<RuntimeTensor> {
  /** Makes a tensor of a runtime's tensor, which it then owns. */
  adopt(tensor: RuntimeTensor, dtype: ElementType): tf.Tensor {
    return this.hold(tensor, { shape: [...tensor.dims], dtype });
  }

  /** The runtime's tensor of a tensor that lives here, or `undefined`. */
  tensorOf({ dataId }: tf.Tensor): RuntimeTensor | undefined {
    return this.find(dataId);
  }

  override async read(dataId: object): Promise<ElementArray> {
    const tensor = this.get(dataId);
    return elementsOf(await inTurn(async () => tensor.getData()));
  }

  override readSync(): never {
    throw new JitError('JIT_ENGINE', {
      message: 'A result on the graphics card cannot be read synchronously.',
      hint: 'Use await tensor.data(), also before a tfjs operation reads it.',
    });
  }

  protected override free(tensor: RuntimeTensor): void {
    tensor.dispose();
  }
}

let backend: RuntimeBackend | undefined;

/** The one backend of this page, registered with tfjs on first use. */
export function runtimeBackend(): RuntimeBackend {
  if (backend !== undefined) return backend;
  const created = new RuntimeBackend();
  tf.registerBackend(RUNTIME_BACKEND, () => created, 0);
  backend = created;
  return created;
}

/** onnxruntime-web's tensor of values. */
export function toRuntimeTensor(
  { Tensor }: { readonly Tensor: typeof RuntimeTensor },
  values: tf.TypedArray,
  { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: tf.DataType },
): RuntimeTensor {
  if (!isElementType(dtype)) {
    throw new JitError('JIT_ARGUMENT', {
      message: `A compiled function takes float32, int32 or bool, got a tensor of type ${dtype}.`,
      hint: 'Cast it first.',
    });
  }
  return new Tensor(dtype, values, shape);
}

/** The elements of a runtime's tensor in memory. */
export function elementsOf(data: RuntimeTensor['data']): ElementArray {
  if (data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array) return data;
  throw new JitError('JIT_ENGINE', { message: 'A result has elements of another type.', hint: 'Report this.' });
}
