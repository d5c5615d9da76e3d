import { JitError } from '../../errors.ts';
import { sizeOf, type ValueType } from '../../graph.ts';
import { ONNX_TYPE } from '../../onnx/model.ts';
import { viewOf, type HostBuffer } from '../host-memory.ts';
import type { OnnxRuntimeLibrary, Pointer } from './onnxruntime-library.ts';

/** A tensor of a run: its type and where it lies. */
export interface Binding {
  readonly buffer: HostBuffer;
  readonly type: ValueType;
  /** The position of the first element, when the tensor is a part of the buffer. */
  readonly offset?: number;
}

export interface SessionOptions {
  readonly numThreads: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Operators of our own that the model uses; disposed of with the session. */
  readonly operators?: SessionOperators | undefined;
  /** Writes a profile of every operator to files with this prefix. */
  readonly profile?: string;
}

/** Operators that a session knows beside ONNX Runtime's own. */
export interface SessionOperators {
  attach(sessionOptions: Pointer): void;
  dispose(): void;
}

const ENABLE_ALL_OPTIMIZATIONS = 99;

/** An ONNX model that reads its inputs and writes its outputs in place. */
export class NativeSession {
  readonly #library: OnnxRuntimeLibrary;
  readonly #session: Pointer;
  readonly #inputNames: NativeNames;
  readonly #outputNames: NativeNames;
  readonly #operators: SessionOperators | undefined;
  #hasRun = false;
  #isDisposed = false;

  constructor(
    library: OnnxRuntimeLibrary,
    model: Uint8Array,
    { numThreads, inputNames, outputNames, operators, profile }: SessionOptions,
  ) {
    this.#library = library;
    this.#operators = operators;
    this.#inputNames = new NativeNames(library, inputNames);
    this.#outputNames = new NativeNames(library, outputNames);
    const options = library.create('CreateSessionOptions');
    try {
      library.call('SetIntraOpNumThreads', options, numThreads);
      library.call('SetSessionGraphOptimizationLevel', options, ENABLE_ALL_OPTIMIZATIONS);
      // Waiting threads look out for work for a moment and then sleep: 4% on small models. Longer, and they lose half as soon as another process wants
      // the processor.
      library.call('AddSessionConfigEntry', options, 'session.intra_op.allow_spinning', '1');
      library.call('AddSessionConfigEntry', options, 'session.intra_op.spin_duration_us', '20');
      operators?.attach(options);
      if (profile !== undefined) library.call('EnableProfiling', options, profile);
      this.#session = library.create('CreateSessionFromArray', library.environment, model, model.byteLength, options);
    } finally {
      library.release('ReleaseSessionOptions', options);
    }
  }

  /** Runs on another thread; the event loop stays free. */
  async run(inputs: readonly Binding[], outputs: readonly Binding[]): Promise<void> {
    const values = this.#bind(inputs, outputs);
    const options = this.#hasRun ? 0n : createShrinkingRunOptions(this.#library);
    this.#hasRun = true;
    try {
      await this.#library.callAsync('Run', ...this.#runArguments(values, options));
    } finally {
      this.#release(values);
      if (options !== 0n) this.#library.release('ReleaseRunOptions', options);
    }
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#library.release('ReleaseSession', this.#session);
    this.#operators?.dispose();
  }

  #runArguments({ inputs, outputs }: BoundValues, options: Pointer): unknown[] {
    if (this.#isDisposed)
      throw new JitError('JIT_DISPOSED', {
        message: 'The compiled function was disposed of.',
        hint: 'Compile it again.',
      });
    const address = (array: ArrayBufferView): Pointer => this.#library.addressOf(array);
    return [
      this.#session,
      options,
      address(this.#inputNames.pointers),
      address(inputs),
      inputs.length,
      address(this.#outputNames.pointers),
      outputs.length,
      address(outputs),
    ];
  }

  #bind(inputs: readonly Binding[], outputs: readonly Binding[]): BoundValues {
    return { inputs: this.#toValues(inputs), outputs: this.#toValues(outputs) };
  }

  #toValues(bindings: readonly Binding[]): BigUint64Array {
    const pointers = pinned(BigUint64Array, bindings.length);
    bindings.forEach(({ buffer, type, offset = 0 }, index) => {
      const elementBytes = type.dtype === 'bool' ? 1 : 4;
      const shape = pinned(BigInt64Array, Math.max(type.shape.length, 1));
      type.shape.forEach((length, axis) => {
        shape[axis] = BigInt(length);
      });
      pointers[index] = this.#library.create(
        'CreateTensorWithDataAsOrtValue',
        this.#library.cpuMemory,
        this.#library.addressOf(viewOf(buffer, { shape: [1], dtype: type.dtype })) + BigInt(offset * elementBytes),
        sizeOf(type.shape) * elementBytes,
        shape,
        type.shape.length,
        ONNX_TYPE[type.dtype],
      );
    });
    return pointers;
  }

  #release({ inputs, outputs }: BoundValues): void {
    for (const value of [...inputs, ...outputs]) this.#library.release('ReleaseValue', value);
  }
}

/**
 * The first run finds out how much memory there has to be, by growing; later runs take one block of that size. Without this, what the first run
 * took would stay beside the block, unused.
 */
function createShrinkingRunOptions(library: OnnxRuntimeLibrary): Pointer {
  const options = library.create('CreateRunOptions');
  library.call('AddRunConfigEntry', options, 'memory.enable_memory_arena_shrinkage', 'cpu:0');
  return options;
}

interface BoundValues {
  readonly inputs: BigUint64Array;
  readonly outputs: BigUint64Array;
}

/** Zero-terminated names and the array of their addresses, kept where native code finds them. */
class NativeNames {
  readonly pointers: BigUint64Array;
  /** Held so that the characters outlive the addresses. */
  readonly characters: Uint8Array;

  constructor(library: OnnxRuntimeLibrary, names: readonly string[]) {
    const encoded = names.map((name) => new TextEncoder().encode(`${name}\0`));
    this.characters = pinned(
      Uint8Array,
      encoded.reduce((sum, { length }) => sum + length, 0),
    );
    this.pointers = pinned(BigUint64Array, names.length);
    const start = library.addressOf(this.characters);
    let offset = 0;
    encoded.forEach((bytes, index) => {
      this.characters.set(bytes, offset);
      this.pointers[index] = start + BigInt(offset);
      offset += bytes.length;
    });
  }
}

/** An array outside V8's heap, where it never moves. */
function pinned<T>(type: new (memory: SharedArrayBuffer, offset: number, length: number) => T, length: number): T {
  return new type(new SharedArrayBuffer(Math.max(length * 8, 64)), 0, length);
}
