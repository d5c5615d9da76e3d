import assert from 'node:assert/strict';
import type { Address, Value, VectorBlock, VectorInstruction } from './vector-code.ts';

/** An instruction whose operands are physical registers or, for one of them, a place in memory. */
export interface AllocatedInstruction extends Omit<VectorInstruction, 'operands' | 'result'> {
  readonly result?: number;
  readonly operands: readonly (number | Address)[];
  /** A store that is there because registers are short. */
  readonly isSpill?: boolean;
}

export interface AllocationOptions {
  /** The number of registers to use, from 0 upwards. */
  readonly numRegisters: number;
  /** A new place on the stack. */
  readonly newSlot: () => Address;
  /** Values that are in registers of their own all the time. */
  readonly residents?: ReadonlyMap<Value, number>;
}

/**
 * Gives the values of a block registers. When there are too few, the value whose next use is furthest away goes to the stack, which is optimal for
 * straight-line code. Values that already lie in memory are used from there if the instruction can, and are never written back.
 *
 * @see Belady 1966, "A study of replacement algorithms for a virtual-storage computer".
 */
export function allocateRegisters(block: VectorBlock, options: AllocationOptions): readonly AllocatedInstruction[] {
  const allocation = new Allocation(block, options);
  block.instructions.forEach((instruction, position) => {
    allocation.place(instruction, position);
  });
  return allocation.instructions;
}

/** Which operand can be read from memory: the last source, except where the encoding wants a register. */
function foldableOperands({ op, operands }: VectorInstruction): readonly number[] {
  switch (op) {
    case 'store':
    case 'storeBytes':
    case 'storeFirst':
    case 'storeFirstByte':
    case 'shiftLeft':
    case 'shiftRight':
    case 'shiftRightArithmetic':
    case 'swap1':
    case 'swap2':
    case 'swap4':
    case 'swap8':
      return [];
    case 'multiplyAdd':
    case 'negateMultiplyAdd':
    case 'multiplySubtract':
      return [2, 1];
    default:
      return [operands.length - 1];
  }
}

class Allocation {
  readonly instructions: AllocatedInstruction[] = [];
  readonly #options: AllocationOptions;
  readonly #fixed: ReadonlyMap<Value, number>;
  readonly #homes: Map<Value, Address>;
  readonly #uses = new Map<Value, number[]>();
  readonly #registers = new Map<Value, number>();
  readonly #free: number[];

  constructor(block: VectorBlock, options: AllocationOptions) {
    this.#options = options;
    this.#fixed = new Map([...block.fixed, ...(options.residents ?? [])]);
    this.#homes = new Map(block.homes);
    this.#free = Array.from({ length: options.numRegisters }, (_, index) => options.numRegisters - 1 - index);
    block.instructions.forEach(({ operands }, position) => {
      for (const operand of operands) this.#usesOf(operand).push(position);
    });
  }

  place(instruction: VectorInstruction, position: number): void {
    const inMemory = this.#chooseMemoryOperand(instruction);
    const operands = instruction.operands.map((operand) =>
      operand === inMemory ? this.#homeOf(operand) : this.#toRegister(operand, instruction.operands),
    );
    for (const operand of new Set(instruction.operands)) this.#forgetUses(operand, position);
    const { result, ...rest } = instruction;
    if (result === undefined) this.instructions.push({ ...rest, operands });
    else this.instructions.push({ ...rest, operands, result: this.#registerForResult(result) });
  }

  #chooseMemoryOperand(instruction: VectorInstruction): Value | undefined {
    return foldableOperands(instruction)
      .map((index) => instruction.operands[index])
      .find(
        (operand) =>
          operand !== undefined &&
          this.#registerOf(operand) === undefined &&
          instruction.operands.filter((other) => other === operand).length === 1,
      );
  }

  #toRegister(value: Value, locked: readonly Value[]): number {
    const known = this.#registerOf(value);
    if (known !== undefined) return known;
    const register = this.#takeRegister(locked);
    this.#registers.set(value, register);
    this.instructions.push({ op: 'load', operands: [], address: this.#homeOf(value), result: register });
    return register;
  }

  #registerForResult(result: Value): number {
    const fixed = this.#fixed.get(result);
    if (fixed !== undefined) return fixed;
    const register = this.#takeRegister([]);
    if (this.#usesOf(result).length === 0) this.#free.push(register);
    else this.#registers.set(result, register);
    return register;
  }

  /** A free register; if there is none, that of the value that is not needed for longest. */
  #takeRegister(locked: readonly Value[]): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const candidates = [...this.#registers.keys()].filter((value) => !locked.includes(value));
    assert(candidates.length > 0, 'There are more registers than operands.');
    const victim = candidates.reduce((a, b) => (this.#nextUse(b) > this.#nextUse(a) ? b : a));
    const register = this.#registers.get(victim) ?? 0;
    this.#registers.delete(victim);
    if (!this.#homes.has(victim)) {
      const address = this.#options.newSlot();
      this.#homes.set(victim, address);
      this.instructions.push({ op: 'store', operands: [register], address, isSpill: true });
    }
    return register;
  }

  #forgetUses(value: Value, position: number): void {
    const uses = this.#usesOf(value);
    while (uses[0] !== undefined && uses[0] <= position) uses.shift();
    const register = this.#registers.get(value);
    if (uses.length > 0 || register === undefined) return;
    this.#registers.delete(value);
    this.#free.push(register);
  }

  #registerOf(value: Value): number | undefined {
    return this.#fixed.get(value) ?? this.#registers.get(value);
  }

  #homeOf(value: Value): Address {
    const home = this.#homes.get(value);
    assert(home !== undefined, `Value ${value} is computed before it is used.`);
    return home;
  }

  #usesOf(value: Value): number[] {
    const uses = this.#uses.get(value) ?? [];
    this.#uses.set(value, uses);
    return uses;
  }

  #nextUse(value: Value): number {
    return this.#usesOf(value)[0] ?? Number.POSITIVE_INFINITY;
  }
}
