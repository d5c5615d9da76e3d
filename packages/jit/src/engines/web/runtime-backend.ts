import * as tf from '@tensorflow/tfjs';
import type { Tensor as RuntimeTensor } from 'onnxruntime-web';
import { JitError } from '../../errors.ts';
import { inTurn } from './in-turn.ts';
import { isElementType, type ElementArray, type ElementType } from '../../graph.ts';

/** The name of the backend that owns the results of functions compiled for onnxruntime-web. */
const RUNTIME_BACKEND = 'cloze-runtime';

interface RuntimeData {
  readonly tensor: RuntimeTensor;
  references: number;
}

/**
 * A tfjs backend without kernels: it holds the results of compiled functions on the graphics card where they were computed, so that the next call finds
 * them in place.
 */
export class RuntimeBackend extends tf.KernelBackend {
  readonly #data = new Map<object, RuntimeData>();

  /** Makes a tensor of a runtime's tensor, which it then owns. */
  adopt(tensor: RuntimeTensor, dtype: ElementType): tf.Tensor {
    const dataId = {};
    this.#data.set(dataId, { tensor, references: 1 });
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...tensor.dims], dtype }, this);
  }

  /** The runtime's tensor of a tensor that lives here, or `undefined`. */
  tensorOf({ dataId }: tf.Tensor): RuntimeTensor | undefined {
    return this.#data.get(dataId)?.tensor;
  }

  override async read(dataId: object): Promise<ElementArray> {
    const { tensor } = this.#get(dataId);
    return elementsOf(await inTurn(async () => tensor.getData()));
  }

  override readSync(): never {
    throw new JitError('JIT_ENGINE', {
      message: 'A result on the graphics card cannot be read synchronously.',
      hint: 'Use await tensor.data(), also before a tfjs operation reads it.',
    });
  }

  override disposeData(dataId: object): boolean {
    const data = this.#data.get(dataId);
    if (data === undefined) return true;
    data.references--;
    if (data.references > 0) return false;
    this.#data.delete(dataId);
    data.tensor.dispose();
    return true;
  }

  override refCount(dataId: object): number {
    return this.#data.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: object): void {
    this.#get(dataId).references++;
  }

  override numDataIds(): number {
    return this.#data.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {
    for (const { tensor } of this.#data.values()) tensor.dispose();
    this.#data.clear();
  }

  #get(dataId: object): RuntimeData {
    const data = this.#data.get(dataId);
    if (data !== undefined) return data;
    throw new JitError('JIT_DISPOSED', {
      message: 'The tensor was disposed of.',
      hint: 'Donated arguments cannot be used again.',
    });
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
  { shape, dtype }: tf.Tensor,
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
