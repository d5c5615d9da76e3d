import * as tf from '@tensorflow/tfjs';
import { JitError } from '../errors.ts';
import { isElementType, sizeOf, type ElementArray, type ElementType, type ValueType } from '../graph.ts';

/** The name of the backend that owns the results of compiled functions. */
export const HOST_BACKEND = 'cloze-host';

/** Native code keeps addresses of this memory, so it must never move: V8 moves small arrays unless they are shared. */
const MIN_BYTES = 4096;

/** A block of memory that native code reads and writes. */
export interface HostBuffer {
  /** Shared, so that it never moves; in a browser without shared memory, where no native code reads it, not. */
  readonly memory: SharedArrayBuffer | ArrayBuffer;
  readonly byteLength: number;
}

/**
 * Recycles blocks of equal size. Fresh memory costs a page fault per 4 KB (0.4 ms per MB), more than most operators that fill it.
 */
export class HostMemory {
  readonly #free = new Map<number, HostBuffer[]>();
  /** Sees every new block before anything is written to it. */
  onNewBlock: ((buffer: HostBuffer) => void) | undefined;

  allocate({ shape }: ValueType): HostBuffer {
    const byteLength = Math.max(MIN_BYTES, Math.ceil((sizeOf(shape) * 4) / MIN_BYTES) * MIN_BYTES);
    const known = this.#free.get(byteLength)?.pop();
    if (known !== undefined) return known;
    const buffer = createBuffer(byteLength);
    this.onNewBlock?.(buffer);
    return buffer;
  }

  release(buffer: HostBuffer): void {
    const list = this.#free.get(buffer.byteLength);
    if (list === undefined) this.#free.set(buffer.byteLength, [buffer]);
    else list.push(buffer);
  }

  /** Gives the free blocks back to the garbage collector. */
  clear(): void {
    this.#free.clear();
  }
}

function createBuffer(byteLength: number): HostBuffer {
  const isShared = typeof SharedArrayBuffer !== 'undefined';
  return { memory: isShared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength), byteLength };
}

/** The elements of a buffer as a typed array. */
export function viewOf({ memory }: HostBuffer, { shape, dtype }: ValueType): ElementArray {
  const size = sizeOf(shape);
  switch (dtype) {
    case 'float32':
      return new Float32Array(memory, 0, size);
    case 'int32':
      return new Int32Array(memory, 0, size);
    case 'bool':
      return new Uint8Array(memory, 0, size);
  }
}

interface HostData {
  readonly buffer: HostBuffer;
  readonly type: ValueType;
  references: number;
}

/**
 * A tfjs backend without kernels: it holds the results of compiled functions where native code can use them again without a copy. When a tfjs op
 * reads such a tensor, tfjs moves it to its active backend by itself.
 */
export class HostBackend extends tf.KernelBackend {
  readonly memoryPool: HostMemory = new HostMemory();
  readonly #data = new Map<object, HostData>();

  /** Makes a tensor of a buffer, which it then owns. */
  adopt(buffer: HostBuffer, { shape, dtype }: ValueType): tf.Tensor {
    const dataId = {};
    this.#data.set(dataId, { buffer, type: { shape, dtype }, references: 1 });
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype }, this);
  }

  /** The buffer of a tensor that lives here, or `undefined`. */
  bufferOf(tensor: tf.Tensor): HostBuffer | undefined {
    return this.#data.get(tensor.dataId)?.buffer;
  }

  /** Takes the buffer out of a tensor and disposes of the tensor; `undefined` if other tensors share the buffer. */
  release(tensor: tf.Tensor): HostBuffer | undefined {
    const data = this.#data.get(tensor.dataId);
    if (data?.references !== 1) {
      tensor.dispose();
      return undefined;
    }
    this.#data.set(tensor.dataId, { ...data, buffer: createBuffer(0) });
    tensor.dispose();
    return data.buffer;
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    if (!isElementType(dtype) || Array.isArray(values)) {
      throw new JitError('JIT_ARGUMENT', {
        message: `A tensor of type ${dtype} cannot be held for compiled functions.`,
        hint: 'Use float32, int32 or bool.',
      });
    }
    const type = { shape, dtype };
    const buffer = this.memoryPool.allocate(type);
    viewOf(buffer, type).set(values);
    this.#data.set(dataId, { buffer, type, references });
  }

  override readSync(dataId: object): ElementArray {
    const { buffer, type } = this.#get(dataId);
    return viewOf(buffer, type);
  }

  override async read(dataId: object): Promise<ElementArray> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(dataId: object, isMoving = false): boolean {
    const data = this.#data.get(dataId);
    if (data === undefined) return true;
    data.references--;
    if (!isMoving && data.references > 0) return false;
    this.#data.delete(dataId);
    // A tensor that moves takes its memory with it.
    if (!isMoving && data.buffer.byteLength > 0) this.memoryPool.release(data.buffer);
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
    this.#data.clear();
    this.memoryPool.clear();
  }

  #get(dataId: object): HostData {
    const data = this.#data.get(dataId);
    if (data === undefined)
      throw new JitError('JIT_DISPOSED', {
        message: 'The tensor was disposed of.',
        hint: 'Donated arguments cannot be used again.',
      });
    return data;
  }
}

let backend: HostBackend | undefined;

/** The one host backend of this process, registered with tfjs on first use. */
export function hostBackend(): HostBackend {
  if (backend !== undefined) return backend;
  const created = new HostBackend();
  tf.registerBackend(HOST_BACKEND, () => created, 0);
  backend = created;
  return created;
}

/** Puts values where native code can use them without a copy, for example parameters before the first step. */
export function toHostTensor(values: ElementArray, shape: readonly number[], dtype: ElementType): tf.Tensor {
  const host = hostBackend();
  const buffer = host.memoryPool.allocate({ shape, dtype });
  viewOf(buffer, { shape, dtype }).set(values);
  return host.adopt(buffer, { shape, dtype });
}

/**
 * The elements of a tensor from {@link toHostTensor}, or of a result of a compiled function, where they lie. What is written there is what compiled
 * functions read next, without a copy: for state that changes a little at a time. Valid until the tensor is disposed of or donated.
 *
 * @throws {JitError} `JIT_ARGUMENT` when the tensor lies elsewhere.
 */
export function viewHostTensor(tensor: tf.Tensor): ElementArray {
  const buffer = hostBackend().bufferOf(tensor);
  if (buffer === undefined || !isElementType(tensor.dtype)) {
    throw new JitError('JIT_ARGUMENT', {
      message: 'Only tensors that compiled functions hold can be viewed, and this one lies with another backend.',
      hint: 'Make it with toHostTensor.',
    });
  }
  return viewOf(buffer, { shape: tensor.shape, dtype: tensor.dtype });
}
