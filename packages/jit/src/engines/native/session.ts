import { JitError } from '../../errors.ts';
import { BoundValues, type Binding } from './bound-values.ts';
import type { OnnxRuntimeLibrary, Pointer } from './onnxruntime-library.ts';
import { pinned } from './pinned.ts';

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
  /** Of earlier runs. */
  readonly #idle: RunValues[] = [];
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
      // A factor of attention's scores in the product is cheap, but only the product without one has a fast loop for a single row.
      library.call('AddSessionConfigEntry', options, 'optimization.disable_specified_optimizers', 'MatMulScaleFusion');
      operators?.attach(options);
      if (profile !== undefined) library.call('EnableProfiling', options, profile);
      this.#session = library.create('CreateSessionFromArray', library.environment, model, model.byteLength, options);
    } finally {
      library.release('ReleaseSessionOptions', options);
    }
  }

  /** Runs on another thread; the event loop stays free. */
  async run(inputs: readonly Binding[], outputs: readonly Binding[]): Promise<void> {
    if (this.#isDisposed)
      throw new JitError('JIT_DISPOSED', {
        message: 'The compiled function was disposed of.',
        hint: 'Compile it again.',
      });
    const values = this.#idle.pop() ?? this.#newValues();
    const options = this.#hasRun ? 0n : createShrinkingRunOptions(this.#library);
    this.#hasRun = true;
    try {
      values.inputs.bind(inputs);
      values.outputs.bind(outputs);
      await this.#library.callAsync('Run', ...this.#runArguments(values, options));
    } finally {
      this.#putBack(values);
      if (options !== 0n) this.#library.release('ReleaseRunOptions', options);
    }
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const values of this.#idle) disposeValues(values);
    this.#idle.length = 0;
    this.#library.release('ReleaseSession', this.#session);
    this.#operators?.dispose();
  }

  #runArguments({ inputs, outputs }: RunValues, options: Pointer): unknown[] {
    const address = (array: ArrayBufferView): Pointer => this.#library.addressOf(array);
    return [
      this.#session,
      options,
      address(this.#inputNames.pointers),
      address(inputs.pointers),
      inputs.pointers.length,
      address(this.#outputNames.pointers),
      outputs.pointers.length,
      address(outputs.pointers),
    ];
  }

  #newValues(): RunValues {
    return {
      inputs: new BoundValues(this.#library, this.#inputNames.pointers.length),
      outputs: new BoundValues(this.#library, this.#outputNames.pointers.length),
    };
  }

  #putBack(values: RunValues): void {
    if (this.#isDisposed) disposeValues(values);
    else this.#idle.push(values);
  }
}

/** What one run at a time uses. */
interface RunValues {
  readonly inputs: BoundValues;
  readonly outputs: BoundValues;
}

function disposeValues({ inputs, outputs }: RunValues): void {
  inputs.dispose();
  outputs.dispose();
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
