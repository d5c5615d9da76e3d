import type { KeptValues } from './kept-values.ts';
import type { KernelCode } from './kernel-code.ts';
import type { ValueLowering } from './lower-values.ts';
import type { Stage } from './schedule-stages.ts';
import type { Address, Value, VectorBlock } from './vector-code.ts';
import { RCX } from './x64-assembler.ts';

/**
 * The number of partial results of a reduction: element j of a row goes to part j % 32, and the parts are combined in halves. It is the same for
 * vectors of 8 and 16, so results do not depend on the processor.
 */
const NUM_PARTS = 32;

/** The number of iterations from which on it pays to load constants into registers before a loop. */
const MIN_ITERATIONS = 6;

/** Where a vector of a stage's code stands, in elements after the current column. */
export interface VectorPosition {
  readonly offset: number;
  readonly isTail: boolean;
}

/** Writes the loop of a stage over the columns of the current row, and the reductions' results to their slots. */
export function emitColumnLoop(kernel: KernelCode, stage: Stage, kept: KeptValues): void {
  const { code, numLanes, program } = kernel;
  const numVectors = stage.reductions.length > 0 ? NUM_PARTS / numLanes : 1;
  const step = numVectors * numLanes;
  const numWhole = program.columns - (program.columns % step);
  emitInitialParts(kernel, stage);
  code.moveImmediate(RCX, 0);
  if (numWhole > 0) {
    const body = lowerVectors(kernel, stage, { positions: positionsOf(step, numLanes), kept });
    const writeLoop = (emitBody: () => void): void => {
      const loop = code.newLabel();
      code.bind(loop);
      emitBody();
      code.arithmeticImmediate('add', RCX, step);
      code.arithmeticImmediate('cmp', RCX, numWhole);
      code.jumpIf('less', loop);
    };
    if (numWhole / step >= MIN_ITERATIONS) kernel.emitLoop(body, numFixed(kernel, stage), writeLoop);
    else {
      writeLoop(() => {
        kernel.emit(body, numFixed(kernel, stage));
      });
    }
  }
  const rest = lowerVectors(kernel, stage, { positions: positionsOf(program.columns - numWhole, numLanes), kept });
  kernel.emit(rest, numFixed(kernel, stage));
  emitResults(kernel, stage);
}

function positionsOf(numElements: number, numLanes: number): VectorPosition[] {
  return Array.from({ length: Math.ceil(numElements / numLanes) }, (_, index) => ({
    offset: index * numLanes,
    isTail: (index + 1) * numLanes > numElements,
  }));
}

/** The code of a stage for some vectors, one after the other. */
export function lowerVectors(
  kernel: KernelCode,
  stage: Stage,
  { positions, kept }: { positions: readonly VectorPosition[]; kept: KeptValues },
): VectorBlock {
  const block = kernel.newBlock();
  positions.forEach((position, index) => {
    const values = kernel.lower(block, { rank: 'full', level: stage.level, kept: kept.loads, ...position });
    for (const reduction of stage.reductions) accumulate(kernel, stage, { block, values, reduction, index, position });
    for (const [value, row] of kept.stores) {
      block.store('store', values.value(value), { kind: 'kept', row, offset: position.offset });
    }
    if (stage.storesOutputs) storeOutputs(kernel, block, { values, position });
  });
  return block;
}

/** All values are computed before the first is stored, because outputs may lie where inputs do. */
function storeOutputs(
  { program, kinds }: KernelCode,
  block: VectorBlock,
  { values, position }: { values: ValueLowering; position: VectorPosition },
): void {
  const stores = program.outputs.flatMap((output, index) => {
    if (output.layout === 'perRow') return [];
    const isByte = kinds[output.instruction]?.type === 'bool';
    const operand = program.inputs.length + index;
    const address: Address = { kind: 'element', operand, offset: position.offset, elementBytes: isByte ? 1 : 4 };
    return [{ output, isByte, address, value: values.value(output.instruction) }];
  });
  for (const { output, isByte, address, value } of stores) {
    const isSum = output.layout === 'columnSums';
    const stored = isSum ? block.binary('add', value, block.load('load', address, position.isTail)) : value;
    block.store(isByte ? 'storeBytes' : 'store', stored, address, position.isTail);
  }
}

interface Accumulation {
  readonly block: VectorBlock;
  readonly values: ValueLowering;
  readonly reduction: number;
  readonly index: number;
  readonly position: VectorPosition;
}

function accumulate(
  kernel: KernelCode,
  stage: Stage,
  { block, values, reduction, index, position }: Accumulation,
): void {
  const instruction = reductionAt(kernel, reduction);
  const parts = block.fixedRegister(
    partRegister(kernel, stage, { reduction, index: index % (NUM_PARTS / kernel.numLanes) }),
  );
  const value = values.value(instruction.a);
  const isInside = position.isTail ? block.lanes(laneMask(kernel)) : undefined;
  if (instruction.op === 'rowSum') {
    block.binary('add', parts, isInside === undefined ? value : block.binary('and', value, isInside));
  } else {
    const lowest = block.float(Number.NEGATIVE_INFINITY);
    extremum(block, parts, isInside === undefined ? value : block.select(isInside, value, lowest));
  }
  block.assign(parts);
}

/** The greater of two values, or NaN. */
function extremum(block: VectorBlock, a: Value, b: Value): Value {
  return block.choose(['unordered', a, a], a, block.binary('max', a, b));
}

function laneMask({ numLanes, tailLanes }: KernelCode): number[] {
  return Array.from({ length: numLanes }, (_, lane) => (lane < tailLanes ? -1 : 0));
}

function emitInitialParts(kernel: KernelCode, stage: Stage): void {
  if (stage.reductions.length === 0) return;
  const block = kernel.newBlock();
  for (const reduction of stage.reductions) {
    const { op } = reductionAt(kernel, reduction);
    for (let index = 0; index < NUM_PARTS / kernel.numLanes; index++) {
      block.unary('copy', block.float(op === 'rowSum' ? 0 : Number.NEGATIVE_INFINITY));
      block.assign(block.fixedRegister(partRegister(kernel, stage, { reduction, index })));
    }
  }
  kernel.emit(block, numFixed(kernel, stage));
}

/** Combines the parts in halves, so that in the end all lanes hold the result. */
function emitResults(kernel: KernelCode, stage: Stage): void {
  if (stage.reductions.length === 0) return;
  const block = kernel.newBlock();
  for (const reduction of stage.reductions) {
    const { op } = reductionAt(kernel, reduction);
    const combine = (a: Value, b: Value): Value =>
      op === 'rowSum' ? block.binary('add', a, b) : extremum(block, a, b);
    let parts = Array.from({ length: NUM_PARTS / kernel.numLanes }, (_, index) =>
      block.fixedRegister(partRegister(kernel, stage, { reduction, index })),
    );
    while (parts.length > 1) {
      const half = parts.length / 2;
      parts = parts.slice(0, half).map((part, index) => combine(part, parts[index + half] ?? part));
    }
    let result = parts[0] ?? block.float(0);
    if (kernel.numLanes === 16) result = combine(result, block.unary('swap8', result));
    for (const swap of ['swap4', 'swap2', 'swap1'] as const) result = combine(result, block.unary(swap, result));
    block.store('store', result, kernel.slotOf(reduction));
  }
  kernel.emit(block, numFixed(kernel, stage));
}

function numFixed({ numLanes }: KernelCode, stage: Stage): number {
  return (stage.reductions.length * NUM_PARTS) / numLanes;
}

function partRegister(
  kernel: KernelCode,
  stage: Stage,
  { reduction, index }: { reduction: number; index: number },
): number {
  const numVectors = NUM_PARTS / kernel.numLanes;
  return kernel.numRegisters - 1 - (stage.reductions.indexOf(reduction) * numVectors + index);
}

function reductionAt({ program }: KernelCode, index: number): { readonly op: 'rowSum' | 'rowMax'; readonly a: number } {
  const instruction = program.instructions[index];
  if (instruction?.op === 'rowSum' || instruction?.op === 'rowMax') return instruction;
  throw new TypeError(`Instruction ${index} is no reduction.`);
}
