import assert from 'node:assert/strict';
import { emitColumnLoop } from './column-stage.ts';
import { rowsPerBlock } from './interpret-row-program.ts';
import { countKeptRows, planKeptValues, type KeptValues } from './kept-values.ts';
import type { KernelCode } from './kernel-code.ts';
import type { RowOutput, RowProgram } from './row-program.ts';
import { emitCallValues, emitRowValues } from './row-values.ts';
import { scheduleStages, type Stage } from './schedule-stages.ts';
import { RAX, RCX, RDX, RSI } from './x64-assembler.ts';

/** The greatest number of reductions in one loop, such that at least half of the registers are left for values. */
const MAX_REDUCTIONS = { vex: 2, evex: 6 };

/** The number of units of a program whose rows matter: rows, or blocks of rows if there are `columnSums`. */
export function countRowUnits(program: RowProgram): number {
  const sums = columnSumsOf(program);
  const [first] = sums;
  assert(
    sums.every(({ output }) => output.blocks === first?.output.blocks),
    'All columnSums of a program have the same number of blocks.',
  );
  return first === undefined ? program.rows : (first.output.blocks ?? 1);
}

/** Writes the loops over the kernel's units and their rows. RSI is the row. */
export function emitRows(kernel: KernelCode): void {
  const { code, frame, program } = kernel;
  const sums = columnSumsOf(program);
  const [first] = sums;
  const loops = planLoops(kernel);
  emitCallValues(kernel);
  code.move(RSI, frame.word('unit'));
  if (first === undefined) {
    emitFirstRow(kernel);
    code.move(RAX, frame.word('unitEnd'));
    code.store(frame.word('rowEnd'), RAX);
    emitRowLoop(kernel, loops);
    return;
  }
  const rowsOfBlock = rowsPerBlock(program, first.output);
  const [loop, end] = [code.newLabel(), code.newLabel()];
  code.multiplyImmediate(RSI, RSI, rowsOfBlock);
  emitFirstRow(kernel);
  code.bind(loop);
  code.move(RAX, frame.word('unit'));
  code.arithmetic('cmp', RAX, frame.word('unitEnd'));
  code.jumpIf('greaterOrEqual', end);
  emitZeroSums(kernel);
  emitEndOfBlock(kernel, rowsOfBlock);
  emitRowLoop(kernel, loops);
  for (const { operand } of sums) emitAdvance(kernel, operand, 4 * program.columns);
  code.arithmeticImmediate('add', frame.word('unit'), 1);
  code.jump(loop);
  code.bind(end);
}

interface ColumnLoop {
  readonly stage: Stage;
  readonly kept: KeptValues;
}

/** Splits the program into loops over columns and makes room for what they leave for each other. */
function planLoops({ program, kinds, numUses, frame, code }: KernelCode): readonly ColumnLoop[] {
  const stages = scheduleStages(program, kinds, {
    isUsed: (instruction) => numUses[instruction] !== 0,
    maxReductions: MAX_REDUCTIONS[code.encoding],
  });
  const kept = planKeptValues(program, kinds, stages);
  frame.reserveRows(countKeptRows(kept), program.columns);
  return stages.map((stage, index) => ({ stage, kept: kept[index] ?? { stores: new Map(), loads: new Map() } }));
}

/** rowEnd = min((unit + 1) * rowsOfBlock, rows). */
function emitEndOfBlock({ code, frame, program }: KernelCode, rowsOfBlock: number): void {
  const isKnown = code.newLabel();
  code.multiplyImmediate(RAX, frame.word('unit'), rowsOfBlock);
  code.arithmeticImmediate('add', RAX, rowsOfBlock);
  code.arithmeticImmediate('cmp', RAX, program.rows);
  code.jumpIf('lessOrEqual', isKnown);
  code.moveImmediate(RAX, program.rows);
  code.bind(isKnown);
  code.store(frame.word('rowEnd'), RAX);
}

function emitRowLoop(kernel: KernelCode, loops: readonly ColumnLoop[]): void {
  const { code, frame } = kernel;
  const [loop, end] = [code.newLabel(), code.newLabel()];
  code.bind(loop);
  code.arithmetic('cmp', RSI, frame.word('rowEnd'));
  code.jumpIf('greaterOrEqual', end);
  emitRow(kernel, loops);
  emitNextRow(kernel);
  code.arithmeticImmediate('add', RSI, 1);
  code.jump(loop);
  code.bind(end);
}

function emitRow(kernel: KernelCode, loops: readonly ColumnLoop[]): void {
  const numLevels = Math.max(0, ...kernel.kinds.map(({ level }) => level));
  for (let level = 0; level <= numLevels; level++) {
    emitRowValues(kernel, level);
    for (const { stage, kept } of loops) if (stage.level === level) emitColumnLoop(kernel, stage, kept);
  }
}

/** Sets the operands' addresses for the row in RSI. */
function emitFirstRow(kernel: KernelCode): void {
  const { code, frame, program } = kernel;
  operandsOfRows(program).forEach(({ layout, rowBytes, period }, operand) => {
    if (layout === 'scalar') return;
    code.moveImmediate(RCX, 0);
    if (layout === 'full') {
      code.multiplyImmediate(RCX, RSI, rowBytes);
    } else if (layout === 'columnSums') {
      code.multiplyImmediate(RCX, frame.word('unit'), rowBytes);
    } else if (layout === 'repeated' && period > 1) {
      code.move(RAX, RSI);
      code.moveImmediate(RDX, 0);
      code.moveImmediate(RCX, period);
      code.divide(RCX);
      code.arithmetic('sub', RCX, RDX);
      code.store(frame.rowsUntilRepeat(operand), RCX);
      code.multiplyImmediate(RCX, RDX, rowBytes);
    }
    code.move(RAX, frame.pointerOf(operand));
    code.arithmetic('add', RAX, RCX);
    frame.setBase(operand);
  });
}

/** Moves the operands' addresses on to the next row. Per-row operands are indexed by the row. */
function emitNextRow(kernel: KernelCode): void {
  const { code, frame, program } = kernel;
  operandsOfRows(program).forEach(({ layout, rowBytes, period }, operand) => {
    if (layout === 'full') emitAdvance(kernel, operand, rowBytes);
    if (layout !== 'repeated' || period === 1) return;
    const goesOn = code.newLabel();
    emitAdvance(kernel, operand, rowBytes);
    code.arithmeticImmediate('sub', frame.rowsUntilRepeat(operand), 1);
    code.jumpIf('notEqual', goesOn);
    code.moveImmediate(RAX, period);
    code.store(frame.rowsUntilRepeat(operand), RAX);
    code.move(RAX, frame.pointerOf(operand));
    frame.setBase(operand);
    code.bind(goesOn);
  });
}

function emitAdvance({ code, frame }: KernelCode, operand: number, bytes: number): void {
  code.arithmeticImmediate('add', frame.baseOf(operand), bytes);
}

/** Fills the current block's sums with zeros. */
function emitZeroSums(kernel: KernelCode): void {
  const { code, frame, program } = kernel;
  for (const { operand } of columnSumsOf(program)) {
    const loop = code.newLabel();
    const address = frame.baseOf(operand);
    if (typeof address !== 'number') code.move(RDX, address);
    const base = typeof address === 'number' ? address : RDX;
    code.moveImmediate(RAX, 0);
    code.moveImmediate(RCX, 0);
    code.bind(loop);
    code.store32({ base, index: RCX, scale: 4 }, RAX);
    code.arithmeticImmediate('add', RCX, 1);
    code.arithmeticImmediate('cmp', RCX, program.columns);
    code.jumpIf('less', loop);
  }
}

interface RowOperand {
  readonly layout: 'full' | 'repeated' | 'perRow' | 'scalar' | 'columnSums';
  readonly rowBytes: number;
  readonly period: number;
}

function operandsOfRows({ columns, inputs, outputs }: RowProgram): readonly RowOperand[] {
  return [...inputs, ...outputs].map((operand) => ({
    layout: operand.layout,
    rowBytes: columns * (operand.type === 'bool' ? 1 : 4),
    period: 'period' in operand ? (operand.period ?? 1) : 1,
  }));
}

function columnSumsOf({
  inputs,
  outputs,
}: RowProgram): readonly { readonly output: RowOutput; readonly operand: number }[] {
  return outputs.flatMap((output, index) =>
    output.layout === 'columnSums' ? [{ output, operand: inputs.length + index }] : [],
  );
}
