import assert from 'node:assert/strict';
import {
  R8,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
  RSP,
  type Label,
  type Memory,
  type Register,
  type X64Assembler,
} from './x64-assembler.ts';
import type { Address } from './vector-code.ts';

/** Integers that a kernel keeps on its stack. */
const WORDS = ['savedStackPointer', 'unit', 'unitEnd', 'rowEnd'] as const;
type WordName = (typeof WORDS)[number];

const SAVED_REGISTERS: readonly Register[] = [RBX, RBP, 12, 13, 14, 15];
const BASE_REGISTERS: readonly Register[] = [RBX, RBP, R8, 9, 10, 11, 12, 13, 14, 15];
const ALIGNMENT = 64;

/**
 * Registers and stack of a kernel. RDI holds the table of operands, RSI the row, RCX the column; RAX and RDX are for the moment. The addresses of
 * the operands' current rows are in the remaining registers and, if there are more, on the stack.
 */
export class KernelFrame {
  readonly #code: X64Assembler;
  readonly #numOperands: number;
  readonly #vectorBytes: number;
  #numSlots = 0;
  #keptRows = { count: 0, rowBytes: 0 };

  constructor(code: X64Assembler, numOperands: number) {
    this.#code = code;
    this.#numOperands = numOperands;
    this.#vectorBytes = code.width / 8;
  }

  /** Makes room for rows of 32-bit elements, padded to whole vectors. Called before any code is written. */
  reserveRows(count: number, columns: number): void {
    this.#keptRows = { count, rowBytes: Math.ceil((4 * columns) / ALIGNMENT) * ALIGNMENT };
  }

  word(name: WordName): Memory {
    return { base: RSP, displacement: 8 * WORDS.indexOf(name) };
  }

  /** For operands that repeat: the rows until they begin again. */
  rowsUntilRepeat(operand: number): Memory {
    return { base: RSP, displacement: 8 * (WORDS.length + this.#numOperands + operand) };
  }

  newSlot(): Address {
    return { kind: 'slot', slot: this.#numSlots++ };
  }

  /** Where the address of an operand's current row is. */
  baseOf(operand: number): Register | Memory {
    return BASE_REGISTERS[operand] ?? { base: RSP, displacement: 8 * (WORDS.length + operand) };
  }

  /** Sets the address of an operand's current row from RAX. */
  setBase(operand: number): void {
    const base = this.baseOf(operand);
    if (typeof base === 'number') this.#code.move(base, RAX);
    else this.#code.store(base, RAX);
  }

  /** The operand's first element, from the table. */
  pointerOf(operand: number): Memory {
    return { base: RDI, displacement: 8 * operand };
  }

  /** The place of a vector or an element; may write code that changes RAX. */
  resolve(address: Address): Memory {
    switch (address.kind) {
      case 'slot':
        return { base: RSP, displacement: this.#slotsOffset() + address.slot * this.#vectorBytes };
      case 'kept': {
        const displacement = this.#keptOffset() + address.row * this.#keptRows.rowBytes + 4 * address.offset;
        return { base: RSP, index: RCX, scale: 4, displacement };
      }
      case 'scalar':
        this.#code.move(RAX, this.pointerOf(address.operand));
        return { base: RAX };
      case 'row':
        return { base: this.#loadBase(address.operand), index: RSI, scale: address.elementBytes };
      case 'element': {
        const { operand, offset, elementBytes } = address;
        return { base: this.#loadBase(operand), index: RCX, scale: elementBytes, displacement: offset * elementBytes };
      }
      case 'constant':
        throw new TypeError('Constants do not lie in the frame.');
    }
  }

  #loadBase(operand: number): Register {
    const base = this.baseOf(operand);
    if (typeof base === 'number') return base;
    this.#code.move(RAX, base);
    return RAX;
  }

  /** Writes the function's entry, once the size of the frame is known: `void kernel(void **operands, int64 unitBegin, int64 unitEnd)`. */
  enter(body: Label): void {
    const code = this.#code;
    for (const register of SAVED_REGISTERS) code.push(register);
    const size = this.#slotsOffset() + this.#numSlots * this.#vectorBytes;
    assert(size < 2 ** 16, `The frame of a kernel must stay small, not ${size} bytes.`);
    code.move(RAX, RSP);
    code.arithmeticImmediate('sub', RSP, size);
    code.arithmeticImmediate('and', RSP, -ALIGNMENT);
    code.store(this.word('savedStackPointer'), RAX);
    code.store(this.word('unit'), RSI);
    code.store(this.word('unitEnd'), RDX);
    code.jump(body);
  }

  leave(): void {
    const code = this.#code;
    code.clearUpperHalves();
    code.move(RSP, this.word('savedStackPointer'));
    for (const register of [...SAVED_REGISTERS].reverse()) code.pop(register);
    code.return();
  }

  #slotsOffset(): number {
    return this.#keptOffset() + this.#keptRows.count * this.#keptRows.rowBytes;
  }

  #keptOffset(): number {
    return Math.ceil((8 * (WORDS.length + 2 * this.#numOperands)) / ALIGNMENT) * ALIGNMENT;
  }
}
