import { lowerVectors, type VectorPosition } from './column-stage.ts';
import type { KernelCode } from './kernel-code.ts';
import { emitCallValues } from './row-values.ts';
import type { VectorBlock } from './vector-code.ts';
import { RAX, RCX, RDX } from './x64-assembler.ts';

/** The number of elements of a unit: a multiple of the lanes of all vectors. */
const UNIT = 16;

/** The number of units of a matrix that is treated as one array. */
export function countElementUnits(size: number): number {
  return Math.ceil(size / UNIT);
}

/** Writes the loop over the elements of the kernel's units, when rows do not matter. RCX counts through the whole matrix, RDX is its end. */
export function emitElements(kernel: KernelCode): void {
  const { code, frame, numLanes, tailLanes, program } = kernel;
  const size = program.rows * program.columns;
  const numWhole = size - tailLanes;
  const [isEndKnown, loop, tail, end] = [code.newLabel(), code.newLabel(), code.newLabel(), code.newLabel()];
  for (let operand = 0; operand < program.inputs.length + program.outputs.length; operand++) {
    code.move(RAX, frame.pointerOf(operand));
    frame.setBase(operand);
  }
  emitCallValues(kernel);

  code.multiplyImmediate(RCX, frame.word('unit'), UNIT);
  code.multiplyImmediate(RDX, frame.word('unitEnd'), UNIT);
  code.arithmeticImmediate('cmp', RDX, numWhole);
  code.jumpIf('lessOrEqual', isEndKnown);
  code.moveImmediate(RDX, numWhole);
  code.bind(isEndKnown);

  kernel.emitLoop(lowerArray(kernel, { offset: 0, isTail: false }), 0, (emitBody) => {
    code.bind(loop);
    code.arithmetic('cmp', RCX, RDX);
    code.jumpIf('greaterOrEqual', tail);
    emitBody();
    code.arithmeticImmediate('add', RCX, numLanes);
    code.jump(loop);
  });

  code.bind(tail);
  if (tailLanes > 0) {
    code.arithmeticImmediate('cmp', frame.word('unitEnd'), countElementUnits(size));
    code.jumpIf('notEqual', end);
    kernel.emit(lowerArray(kernel, { offset: 0, isTail: true }));
  }
  code.bind(end);
}

function lowerArray(kernel: KernelCode, position: VectorPosition): VectorBlock {
  const stage = { level: 0, reductions: [], storesOutputs: true };
  return lowerVectors(kernel, stage, { positions: [position], kept: { stores: new Map(), loads: new Map() } });
}
