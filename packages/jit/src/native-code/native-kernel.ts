import { compileRowProgram } from './compile-row-program.ts';
import type { NativeFunction, Pointer } from '../engines/native/koffi.ts';
import { addressOf, ExecutableMemory } from './executable-memory.ts';
import { nativeCodeSupport } from './native-code-support.ts';
import type { RowProgram } from './row-program.ts';
import type { VectorEncoding } from './x64-assembler.ts';

/** A compiled program that can be called from JavaScript. */
export class NativeKernel {
  readonly #memory: ExecutableMemory;
  readonly #function: NativeFunction;
  readonly #numUnits: number;

  /** @throws {Error} when memory for the code is refused. */
  constructor(program: RowProgram, encoding: VectorEncoding) {
    const { bytes, entry, numUnits } = compileRowProgram(program, encoding);
    this.#memory = new ExecutableMemory(bytes);
    this.#function = this.#memory.function(entry, 'void', ['void *', 'int64_t', 'int64_t']);
    this.#numUnits = numUnits;
  }

  /**
   * Runs on this thread.
   *
   * @param operands the addresses of the inputs, then of the outputs. A `full` output may be the same array as a `full` input of the same type: all
   *   inputs of an element are read before its outputs are written. Other overlaps give undefined results.
   */
  run(operands: readonly Pointer[]): void {
    this.#function(addressOf(toTable(operands)), 0, this.#numUnits);
  }

  /** Runs on `numThreads` other threads, with the same results for any number. The caller keeps the operands alive until it is done. */
  async runAsync(operands: readonly Pointer[], numThreads: number): Promise<void> {
    const table = toTable(operands);
    const boundary = (part: number): number => Math.round((part / numThreads) * this.#numUnits);
    const parts = Array.from({ length: numThreads }, (_, part) => [boundary(part), boundary(part + 1)] as const);
    await Promise.all(
      parts.filter(([begin, end]) => begin < end).map(async ([begin, end]) => this.#runPart(table, begin, end)),
    );
  }

  /** Frees the code. It must not be running. */
  dispose(): void {
    this.#memory.free();
  }

  async #runPart(table: BigUint64Array, begin: number, end: number): Promise<void> {
    await new Promise<BigUint64Array>((resolve, reject) => {
      this.#function.async(addressOf(table), begin, end, (error: unknown) => {
        if (error instanceof Error) reject(error);
        // Referenced here, so that the collector leaves it alone during the call.
        else resolve(table);
      });
    });
  }
}

/**
 * Compiles a program for this processor.
 *
 * @throws {Error} when native code is not available; ask `nativeCodeSupport()` first.
 */
export function compileKernel(program: RowProgram): NativeKernel {
  const support = nativeCodeSupport();
  if (!support.isAvailable) throw new Error(`Native code is not available: ${support.reason}.`);
  return new NativeKernel(program, support.encoding);
}

function toTable(operands: readonly Pointer[]): BigUint64Array {
  const table = new BigUint64Array(new SharedArrayBuffer(Math.max(4096, 8 * operands.length)));
  table.set(operands);
  return table;
}
