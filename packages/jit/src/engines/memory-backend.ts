import * as tf from '@tensorflow/tfjs';
import { JitError } from '../errors.ts';

/** What a backend keeps of a tensor. */
interface Entry<Data> {
  readonly data: Data;
  references: number;
}

/**
 * A tfjs backend without kernels: it only holds tensors where an engine reads them, counts who uses them, and gives them back. When a tfjs op reads such a
 * tensor, tfjs moves it to its active backend by itself.
 */
export abstract class MemoryBackend<Data> extends tf.KernelBackend {
  readonly #entries = new Map<object, Entry<Data>>();

  /** Called when nobody here uses a tensor any more: when its last user is gone, or when it moved to another backend. */
  protected abstract free(data: Data, isMoved: boolean): void;

  /** Makes a tensor of data that the backend then owns. */
  protected hold(data: Data, { shape, dtype }: Pick<tf.TensorInfo, 'shape' | 'dtype'>): tf.Tensor {
    const dataId = {};
    this.put(dataId, data, 1);
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype }, this);
  }

  protected put(dataId: object, data: Data, references: number): void {
    this.#entries.set(dataId, { data, references });
  }

  /** The data of a tensor that lives here, or `undefined`. */
  protected find(dataId: object): Data | undefined {
    return this.#entries.get(dataId)?.data;
  }

  /** @throws {JitError} `JIT_DISPOSED`. */
  protected get(dataId: object): Data {
    return this.#entryOf(dataId).data;
  }

  #entryOf(dataId: object): Entry<Data> {
    const entry = this.#entries.get(dataId);
    if (entry !== undefined) return entry;
    throw new JitError('JIT_DISPOSED', {
      message: 'The tensor was disposed of.',
      hint: 'Donated arguments cannot be used again.',
    });
  }

  override disposeData(dataId: object, isMoving = false): boolean {
    const entry = this.#entries.get(dataId);
    if (entry === undefined) return true;
    entry.references--;
    if (!isMoving && entry.references > 0) return false;
    this.#entries.delete(dataId);
    this.free(entry.data, isMoving);
    return true;
  }

  override refCount(dataId: object): number {
    return this.#entries.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: object): void {
    this.#entryOf(dataId).references++;
  }

  override numDataIds(): number {
    return this.#entries.size;
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
    for (const { data } of this.#entries.values()) this.free(data, false);
    this.#entries.clear();
  }
}
