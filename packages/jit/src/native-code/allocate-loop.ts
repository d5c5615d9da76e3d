import { allocateRegisters, type AllocatedInstruction, type AllocationOptions } from './allocate-registers.ts';
import type { Value, VectorBlock } from './vector-code.ts';

/** The body of a loop and what comes before it. */
export interface AllocatedLoop {
  readonly before: readonly AllocatedInstruction[];
  readonly body: readonly AllocatedInstruction[];
}

/** The greatest number of register operands of an instruction and its result: what a body needs at least. */
const MIN_REGISTERS = 5;

/**
 * Allocates the registers of a block that runs many times. The values that are in memory throughout, most used first, are loaded once before the loop
 * into as many registers as the body does not need itself.
 */
export function allocateLoop(block: VectorBlock, { numRegisters, newSlot }: AllocationOptions): AllocatedLoop {
  const candidates = mostUsedFirst(block);
  let best: AllocatedLoop = { before: [], body: allocateRegisters(block, { numRegisters, newSlot }) };
  if (hasSpills(best.body)) return best;
  let tooMany = Math.min(candidates.length, numRegisters - MIN_REGISTERS) + 1;
  let enough = 0;
  while (tooMany - enough > 1) {
    const numResident = (enough + tooMany) >> 1;
    const loop = allocateWithResidents(block, candidates.slice(0, numResident), { numRegisters, newSlot });
    if (hasSpills(loop.body)) tooMany = numResident;
    else [best, enough] = [loop, numResident];
  }
  return best;
}

function allocateWithResidents(
  block: VectorBlock,
  residents: readonly Value[],
  { numRegisters, newSlot }: AllocationOptions,
): AllocatedLoop {
  const registers = new Map(residents.map((value, index) => [value, numRegisters - 1 - index]));
  const before = residents.map((value): AllocatedInstruction => {
    const address = block.homes.get(value);
    return {
      op: 'load',
      operands: [],
      result: registers.get(value) ?? 0,
      ...(address === undefined ? {} : { address }),
    };
  });
  const body = allocateRegisters(block, {
    numRegisters: numRegisters - residents.length,
    newSlot,
    residents: registers,
  });
  return { before, body };
}

function mostUsedFirst(block: VectorBlock): readonly Value[] {
  const numUses = new Map<Value, number>();
  for (const { operands } of block.instructions) {
    for (const operand of operands) if (block.homes.has(operand)) numUses.set(operand, (numUses.get(operand) ?? 0) + 1);
  }
  return [...numUses].sort(([, a], [, b]) => b - a).map(([value]) => value);
}

function hasSpills(instructions: readonly AllocatedInstruction[]): boolean {
  return instructions.some(({ isSpill }) => isSpill === true);
}
