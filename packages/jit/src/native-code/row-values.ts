import type { KernelCode } from './kernel-code.ts';
import { isReduction } from './value-kinds.ts';
import { RAX, RSI } from './x64-assembler.ts';

/** Writes the code of the values that are computed once per call, to their slots. */
export function emitCallValues(kernel: KernelCode): void {
  emitValues(kernel, 'scalar', 0);
}

/** Writes the code of the per-row values and outputs that need `level` reductions, one after the other, to be complete. RSI is the row. */
export function emitRowValues(kernel: KernelCode, level: number): void {
  if (level === 0) emitRowPosition(kernel);
  emitValues(kernel, 'perRow', level);
  emitRowOutputs(kernel, level);
}

function emitValues(kernel: KernelCode, rank: 'scalar' | 'perRow', level: number): void {
  const block = kernel.newBlock();
  const values = kernel.lower(block, { rank, level, offset: 0, isTail: false });
  kernel.program.instructions.forEach((instruction, index) => {
    const kind = kernel.kinds[index];
    const isHere = kind?.rank === rank && kind.level === level && kernel.numUses[index] !== 0;
    if (!isHere || instruction.op === 'constant' || isReduction(instruction)) return;
    block.store('store', values.value(index), kernel.slotOf(index));
  });
  kernel.emit(block);
}

function emitRowPosition(kernel: KernelCode): void {
  const { code, program, rowPosition } = kernel;
  if (rowPosition === undefined || program.instructions.every(({ op }) => op !== 'position')) return;
  code.multiplyImmediate(RAX, RSI, program.columns);
  const block = kernel.newBlock();
  block.store('store', block.broadcastRegister(RAX), rowPosition);
  kernel.emit(block);
}

function emitRowOutputs(kernel: KernelCode, level: number): void {
  const block = kernel.newBlock();
  const values = kernel.lower(block, { rank: 'perRow', level: level + 1, offset: 0, isTail: false });
  kernel.program.outputs.forEach((output, index) => {
    const kind = kernel.kinds[output.instruction];
    if (output.layout !== 'perRow' || kind?.level !== level) return;
    const isByte = kind.type === 'bool';
    const operand = kernel.program.inputs.length + index;
    block.store(isByte ? 'storeFirstByte' : 'storeFirst', values.value(output.instruction), {
      kind: 'row',
      operand,
      elementBytes: isByte ? 1 : 4,
    });
  });
  kernel.emit(block);
}
