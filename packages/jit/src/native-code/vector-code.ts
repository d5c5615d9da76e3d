import type { ConstantPool } from './constant-pool.ts';
import type { Register } from './x64-assembler.ts';

/** A vector value of a block: a virtual register, assigned once. */
export type Value = number;

/** Where vectors lie in memory. */
export type Address =
  /** `offset` elements after the current column of an operand of the kernel. */
  | { readonly kind: 'element'; readonly operand: number; readonly offset: number; readonly elementBytes: 1 | 4 }
  /** The element of an operand for the current row. */
  | { readonly kind: 'row'; readonly operand: number; readonly elementBytes: 1 | 4 }
  /** The only element of an operand. */
  | { readonly kind: 'scalar'; readonly operand: number }
  /** `offset` elements after the current column of a row on the stack. */
  | { readonly kind: 'kept'; readonly row: number; readonly offset: number }
  /** A vector on the stack. */
  | { readonly kind: 'slot'; readonly slot: number }
  /** A vector in the constant pool. */
  | { readonly kind: 'constant'; readonly constant: number };

export type UnaryOperation =
  | 'copy'
  | 'sqrt'
  | 'round'
  | 'convertToFloat'
  | 'convertToInt'
  | 'truncateToInt'
  /** Exchange the neighbouring parts of that many lanes. */
  | 'swap1'
  | 'swap2'
  | 'swap4'
  | 'swap8';

export type BinaryOperation =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  /** The second operand if either is NaN. */
  | 'max'
  | 'min'
  | 'and'
  /** The second operand without the bits of the first. */
  | 'andNot'
  | 'or'
  | 'xor'
  | 'addInt'
  | 'subInt'
  | 'mulInt'
  /** AVX-512: `a * 2^floor(b)`. */
  | 'scale';

/** `a * b + c`, `-a * b + c` and `a * b - c`, rounded once. */
export type FusedOperation = 'multiplyAdd' | 'negateMultiplyAdd' | 'multiplySubtract';

export type ShiftOperation = 'shiftLeft' | 'shiftRight' | 'shiftRightArithmetic';

/** Comparisons give lanes of all ones (true) or zeros. The immediate of `compare` is a predicate. */
export type CompareOperation = 'compare' | 'compareIntEqual' | 'compareIntGreater';

/** A comparison of the first two operands and a choice by its result between the fourth (true) and the third (false). */
export type ChooseOperation = 'choose' | 'chooseIntEqual' | 'chooseIntGreater';

/** Memory operations. Those on elements leave out what is beyond the last column if they are part of a tail. */
export type MemoryOperation =
  'load' | 'loadBytes' | 'broadcast' | 'broadcastByte' | 'store' | 'storeBytes' | 'storeFirst' | 'storeFirstByte';

/** One vector operation. */
export interface VectorInstruction {
  readonly op:
    | UnaryOperation
    | BinaryOperation
    | FusedOperation
    | ShiftOperation
    | CompareOperation
    | ChooseOperation
    | MemoryOperation
    /** The operands are a condition, the value if it does not hold, and the value if it does. */
    | 'select'
    /** Copies the low half of a general register into all lanes. */
    | 'broadcastRegister';
  readonly result?: Value;
  readonly operands: readonly Value[];
  readonly address?: Address;
  readonly immediate?: number;
  readonly register?: Register;
  readonly isTail?: boolean;
}

/** Predicates of `compare`: ordered except `unordered`, and quiet. */
export const PREDICATE = {
  equal: 0x00,
  less: 0x11,
  lessOrEqual: 0x12,
  unordered: 0x03,
  greaterOrEqual: 0x1d,
  greater: 0x1e,
} as const;

/** Straight-line vector code on virtual registers, and the way to write it. */
export class VectorBlock {
  readonly instructions: VectorInstruction[] = [];
  /** Values that already lie in memory. */
  readonly homes: Map<Value, Address> = new Map<Value, Address>();
  /** Values in a physical register that this block does not allocate. They alone may be assigned again. */
  readonly fixed: Map<Value, number> = new Map<Value, number>();
  readonly #constants: ConstantPool;
  readonly #references = new Map<string, Value>();
  #numValues = 0;

  constructor(constants: ConstantPool) {
    this.#constants = constants;
  }

  /** The same float in all lanes. */
  float(value: number): Value {
    return this.#constant(this.#constants.float(value));
  }

  /** The same integer in all lanes. */
  int(value: number): Value {
    return this.#constant(this.#constants.int(value));
  }

  /** One integer per lane. */
  lanes(values: readonly number[]): Value {
    return this.#constant(this.#constants.lanes(values));
  }

  /** A value that lies in memory and does not change while the block runs. */
  reference(address: Address): Value {
    const key = JSON.stringify(address);
    const known = this.#references.get(key);
    if (known !== undefined) return known;
    const value = this.#numValues++;
    this.#references.set(key, value);
    this.homes.set(value, address);
    return value;
  }

  fixedRegister(register: number): Value {
    const value = this.#numValues++;
    this.fixed.set(value, register);
    return value;
  }

  /** Gives a fixed register the result of the instruction just written, instead of a value of its own. */
  assign(target: Value): void {
    const last = this.instructions.pop();
    if (last !== undefined) this.instructions.push({ ...last, result: target });
  }

  unary(op: UnaryOperation, a: Value): Value {
    return this.#emit({ op, operands: [a] });
  }

  binary(op: BinaryOperation, a: Value, b: Value): Value {
    return this.#emit({ op, operands: [a, b] });
  }

  fused(op: FusedOperation, a: Value, b: Value, c: Value): Value {
    return this.#emit({ op, operands: [a, b, c] });
  }

  shift(op: ShiftOperation, a: Value, bits: number): Value {
    return this.#emit({ op, operands: [a], immediate: bits });
  }

  compare(predicate: keyof typeof PREDICATE, a: Value, b: Value): Value {
    return this.#emit({ op: 'compare', operands: [a, b], immediate: PREDICATE[predicate] });
  }

  compareInt(op: 'compareIntEqual' | 'compareIntGreater', a: Value, b: Value): Value {
    return this.#emit({ op, operands: [a, b] });
  }

  select(condition: Value, a: Value, b: Value): Value {
    return this.#emit({ op: 'select', operands: [condition, b, a] });
  }

  /** `a <predicate> b ? ifTrue : ifFalse`, without a vector for the truth values. */
  choose([predicate, a, b]: readonly [keyof typeof PREDICATE, Value, Value], ifTrue: Value, ifFalse: Value): Value {
    return this.#emit({ op: 'choose', operands: [a, b, ifFalse, ifTrue], immediate: PREDICATE[predicate] });
  }

  chooseInt(
    [op, a, b]: readonly ['chooseIntEqual' | 'chooseIntGreater', Value, Value],
    ifTrue: Value,
    ifFalse: Value,
  ): Value {
    return this.#emit({ op, operands: [a, b, ifFalse, ifTrue] });
  }

  load(op: 'load' | 'loadBytes' | 'broadcast' | 'broadcastByte', address: Address, isTail = false): Value {
    return this.#emit({ op, operands: [], address, isTail });
  }

  broadcastRegister(register: Register): Value {
    return this.#emit({ op: 'broadcastRegister', operands: [], register });
  }

  store(
    op: 'store' | 'storeBytes' | 'storeFirst' | 'storeFirstByte',
    value: Value,
    address: Address,
    isTail = false,
  ): void {
    this.instructions.push({ op, operands: [value], address, isTail });
  }

  #constant(constant: number): Value {
    return this.reference({ kind: 'constant', constant });
  }

  #emit(instruction: VectorInstruction): Value {
    const result = this.#numValues++;
    this.instructions.push({ ...instruction, result });
    return result;
  }
}
