import { sizeOf, type ValueType } from '../../graph.ts';
import { ONNX_TYPE } from '../../onnx/model.ts';
import { viewOf, type HostBuffer } from '../host-memory.ts';
import type { OnnxRuntimeLibrary, Pointer } from './onnxruntime-library.ts';
import { pinned } from './pinned.ts';

/** A tensor of a run: its type and where it lies. */
export interface Binding {
  readonly buffer: HostBuffer;
  readonly type: ValueType;
  /** The position of the first element, when the tensor is a part of the buffer. */
  readonly offset?: number;
}

/**
 * The inputs or the outputs of a run as ONNX Runtime knows them. What lies where it lay in the last run is not described again: a model's weights are
 * hundreds of tensors that never move.
 */
export class BoundValues {
  readonly pointers: BigUint64Array;
  readonly #library: OnnxRuntimeLibrary;
  /** Also keeps the memory alive while it is in use. */
  readonly #bindings: Binding[] = [];

  /** @param count how many inputs or outputs there are; position for position they always have the same types. */
  constructor(library: OnnxRuntimeLibrary, count: number) {
    this.#library = library;
    this.pointers = pinned(BigUint64Array, count);
  }

  bind(bindings: readonly Binding[]): void {
    bindings.forEach((binding, index) => {
      const last = this.#bindings[index];
      if (last?.buffer === binding.buffer && last.offset === binding.offset) return;
      const value = this.#describe(binding);
      this.#release(index);
      this.#bindings[index] = binding;
      this.pointers[index] = value;
    });
  }

  /** No run may be using them. */
  dispose(): void {
    for (const index of this.#bindings.keys()) this.#release(index);
    this.#bindings.length = 0;
  }

  #release(index: number): void {
    const pointer = this.pointers[index] ?? 0n;
    if (pointer !== 0n) this.#library.release('ReleaseValue', pointer);
    this.pointers[index] = 0n;
  }

  #describe({ buffer, type, offset = 0 }: Binding): Pointer {
    const elementBytes = type.dtype === 'bool' ? 1 : 4;
    const shape = pinned(BigInt64Array, Math.max(type.shape.length, 1));
    type.shape.forEach((length, axis) => {
      shape[axis] = BigInt(length);
    });
    return this.#library.create(
      'CreateTensorWithDataAsOrtValue',
      this.#library.cpuMemory,
      this.#library.addressOf(viewOf(buffer, { shape: [1], dtype: type.dtype })) + BigInt(offset * elementBytes),
      sizeOf(type.shape) * elementBytes,
      shape,
      type.shape.length,
      ONNX_TYPE[type.dtype],
    );
  }
}
