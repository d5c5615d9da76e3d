import assert from 'node:assert/strict';
import { KernelCode } from './kernel-code.ts';
import type { RowProgram } from './row-program.ts';
import { countElementUnits, emitElements } from './traverse-elements.ts';
import { countRowUnits, emitRows } from './traverse-rows.ts';
import { isReduction } from './value-kinds.ts';
import type { VectorEncoding } from './x64-assembler.ts';

/**
 * Machine code of a function `void kernel(void **operands, int64_t unitBegin, int64_t unitEnd)`; the operands are the inputs, then the outputs. A
 * unit is the smallest part of the work that one thread can do: some elements, a row, or a block of rows. Units are independent, and their results
 * do not depend on how they are distributed.
 */
export interface CompiledRowProgram {
  readonly bytes: Uint8Array;
  /** The position of the function's first instruction. */
  readonly entry: number;
  readonly numUnits: number;
}

/** Compiles a program for processors with AVX2 and FMA (`vex`) or AVX-512 (`evex`). */
export function compileRowProgram(program: RowProgram, encoding: VectorEncoding): CompiledRowProgram {
  const size = program.rows * program.columns;
  assert(size < 2 ** 31, 'Positions in a matrix are 32-bit integers.');
  if (isArray(program)) {
    const kernel = new KernelCode(program, { encoding, rowLength: size, countsThroughMatrix: true });
    const code = kernel.finish(() => {
      emitElements(kernel);
    });
    return { ...code, numUnits: countElementUnits(size) };
  }
  const kernel = new KernelCode(program, { encoding, rowLength: program.columns, countsThroughMatrix: false });
  const code = kernel.finish(() => {
    emitRows(kernel);
  });
  return { ...code, numUnits: countRowUnits(program) };
}

/** Whether rows do not matter: the matrix is one array of elements. */
function isArray({ inputs, instructions, outputs }: RowProgram): boolean {
  return (
    inputs.every(({ layout }) => layout === 'full' || layout === 'scalar') &&
    outputs.every(({ layout }) => layout === 'full') &&
    instructions.every((instruction) => !isReduction(instruction) && instruction.op !== 'column')
  );
}
