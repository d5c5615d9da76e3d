import * as tf from '@tensorflow/tfjs';
import { JitError } from '../errors.ts';
import { MemoryBackend } from './memory-backend.ts';
import { isElementType, sizeOf, type ElementArray, type ElementType, type ValueType } from '../graph.ts';

/** The name of the backend that owns the results of compiled functions. */
const HOST_BACKEND = 'cloze-host';

/** Native code keeps addresses of this memory, so it must never move: V8 moves small arrays unless they are shared. */
const MIN_BYTES = 4096;

/** A block of memory that native code reads and writes. */
export interface HostBuffer {
  /** Shared, so that it never moves; in a browser without shared memory, where no native code reads it, not. */
  readonly memory: SharedArrayBuffer | ArrayBuffer;
  /** Where it begins in `memory`. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/**
 * Recycles blocks of equal size. Fresh memory costs a page fault per 4 KB (0.4 ms per MB), more than most operators that fill it.
 */
export class HostMemory {
  readonly #free = new Map<number, HostBuffer[]>();
  /** Makes new blocks. */
  create: (byteLength: number) => HostBuffer = createBuffer;

  allocate({ shape }: ValueType): HostBuffer {
    const byteLength = Math.max(MIN_BYTES, Math.ceil((sizeOf(shape) * 4) / MIN_BYTES) * MIN_BYTES);
    const known = this.#free.get(byteLength)?.pop();
    if (known !== undefined) return known;
    return this.create(byteLength);
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

/** A block wherever it falls, all zeros. */
export function createBuffer(byteLength: number): HostBuffer {
  const isShared = typeof SharedArrayBuffer !== 'undefined';
  const memory = isShared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength);
  return { memory, byteOffset: 0, byteLength };
}

/** The elements of a buffer as a typed array. */
export function viewOf({ memory, byteOffset }: HostBuffer, { shape, dtype }: ValueType): ElementArray {
  const size = sizeOf(shape);
  switch (dtype) {
    case 'float32':
      return new Float32Array(memory, byteOffset, size);
    case 'int32':
      return new Int32Array(memory, byteOffset, size);
    case 'bool':
      return new Uint8Array(memory, byteOffset, size);
  }
}

interface HostData {
  readonly buffer: HostBuffer;
  readonly type: ValueType;
}

/** Holds the results of compiled functions where native code can use them again without a copy. */
export class HostBackend extends MemoryBackend<HostData> {
  readonly memoryPool: HostMemory = new HostMemory();

  /** Makes a tensor of a buffer, which it then owns. */
  adopt(buffer: HostBuffer, { shape, dtype }: ValueType): tf.Tensor {
    return this.hold({ buffer, type: { shape, dtype } }, { shape: [...shape], dtype });
  }

  /** The buffer of a tensor that lives here, or `undefined`. */
  bufferOf({ dataId }: tf.Tensor): HostBuffer | undefined {
    return this.find(dataId)?.buffer;
  }

  /** Takes the buffer out of a tensor and disposes of the tensor; `undefined` if other tensors share the buffer. */
  release(tensor: tf.Tensor): HostBuffer | undefined {
    const { dataId } = tensor;
    const data = this.find(dataId);
    if (data === undefined || this.refCount(dataId) !== 1) {
      tensor.dispose();
      return undefined;
    }
    this.put(dataId, { ...data, buffer: createBuffer(0) }, 1);
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
    this.put(dataId, { buffer, type }, references);
  }

  override readSync(dataId: object): ElementArray {
    const { buffer, type } = this.get(dataId);
    return viewOf(buffer, type);
  }

  override async read(dataId: object): Promise<ElementArray> {
    return Promise.resolve(this.readSync(dataId));
  }

  override dispose(): void {
    super.dispose();
    this.memoryPool.clear();
  }

  protected override free({ buffer }: HostData, isMoved: boolean): void {
    // A tensor that moves takes its memory with it.
    if (!isMoved && buffer.byteLength > 0) this.memoryPool.release(buffer);
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
