import assert from 'node:assert/strict';
import type { VectorInstruction } from './x64-vector-instructions.ts';

/** A general-purpose register by its number in the encoding. */
export type Register = number;

export const RAX: Register = 0;
export const RCX: Register = 1;
export const RDX: Register = 2;
export const RBX: Register = 3;
export const RSP: Register = 4;
export const RBP: Register = 5;
export const RSI: Register = 6;
export const RDI: Register = 7;
export const R8: Register = 8;
export const R12: Register = 12;

/** A position in the code; its address is known once it is bound. */
export interface Label {
  offset: number | undefined;
}

/** What lies at `base + index * scale + displacement`, or at a label. */
export type Memory =
  | {
      readonly base: Register;
      readonly index?: Register;
      readonly scale?: 1 | 2 | 4 | 8;
      readonly displacement?: number;
    }
  | { readonly label: Label };

/** How vector instructions are encoded: VEX (AVX2: 16 registers of 8 floats) or EVEX (AVX-512: 32 registers of 16 floats and masks). */
export type VectorEncoding = 'vex' | 'evex';

export interface VectorOptions {
  /** The first source, where there are two. */
  readonly first?: number;
  readonly immediate?: number;
  /** In bits; the width of the assembler's registers by default. */
  readonly width?: 128 | 256 | 512;
  /** EVEX: the mask register k1-k7 under which lanes are written. */
  readonly mask?: number;
  /** EVEX: lanes outside of the mask become zero instead of keeping their value. */
  readonly zeroing?: boolean;
}

/** Conditions of jumps: the low four bits of their opcodes. */
const CONDITION = {
  below: 2,
  aboveOrEqual: 3,
  equal: 4,
  notEqual: 5,
  less: 12,
  greaterOrEqual: 13,
  lessOrEqual: 14,
  greater: 15,
} as const;
export type Condition = keyof typeof CONDITION;

const ARITHMETIC = { add: 0x01, or: 0x09, and: 0x21, sub: 0x29, xor: 0x31, cmp: 0x39 } as const;

/**
 * Writes x86-64 machine code: the few dozen instructions that compiled row programs consist of. Operands are in Intel's order, destination first.
 * Code is position independent: it refers to itself relative to the instruction pointer only.
 *
 * @see Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2.
 */
export class X64Assembler {
  readonly encoding: VectorEncoding;
  readonly #bytes: number[] = [];
  readonly #references: { at: number; end: number; label: Label }[] = [];

  constructor(encoding: VectorEncoding = 'vex') {
    this.encoding = encoding;
  }

  /** The width of vector registers in bits. */
  get width(): 256 | 512 {
    return this.encoding === 'vex' ? 256 : 512;
  }

  /** The number of bytes so far. */
  get position(): number {
    return this.#bytes.length;
  }

  newLabel(): Label {
    return { offset: undefined };
  }

  bind(label: Label): void {
    assert(label.offset === undefined, 'A label is bound once.');
    label.offset = this.#bytes.length;
  }

  /** Fills up with zeros (data) or single-byte no-ops (code). */
  align(alignment: number, filler: 0x00 | 0x90 = 0x90): void {
    while (this.#bytes.length % alignment !== 0) this.#bytes.push(filler);
  }

  data(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  /** The finished code, with every reference to a label resolved. */
  finish(): Uint8Array {
    const code = Uint8Array.from(this.#bytes);
    const view = new DataView(code.buffer);
    for (const { at, end, label } of this.#references) {
      assert(label.offset !== undefined, 'Every label that is used is bound.');
      view.setInt32(at, label.offset - end, true);
    }
    return code;
  }

  move(to: Register, from: Register | Memory): void {
    this.#general(0x8b, to, from);
  }

  store(to: Memory, from: Register): void {
    this.#general(0x89, from, to);
  }

  /** Also clears the upper half of the register: for values of 0 to 2^32 - 1. */
  moveImmediate(to: Register, value: number): void {
    if (to >= 8) this.#bytes.push(0x41);
    this.#bytes.push(0xb8 | (to & 7));
    this.#int32(value);
  }

  moveAddress(to: Register, value: bigint): void {
    this.#bytes.push(0x48 | (to >> 3), 0xb8 | (to & 7));
    for (let byte = 0n; byte < 8n; byte++) this.#bytes.push(Number((value >> (8n * byte)) & 0xffn));
  }

  loadAddress(to: Register, from: Memory): void {
    this.#general(0x8d, to, from);
  }

  loadByte(to: Register, from: Memory): void {
    this.#general([0x0f, 0xb6], to, from);
  }

  store32(to: Memory, from: Register): void {
    this.#general(0x89, from, to, { isWide: false });
  }

  /** Stores the lowest byte of one of the registers 0 to 3. */
  storeByte(to: Memory, from: Register): void {
    this.#general(0x88, from, to);
  }

  /** Bit 1 of these opcodes is the direction: whether the operand that may be in memory is the source. */
  arithmetic(operation: keyof typeof ARITHMETIC, to: Register, from: Register | Memory): void {
    this.#general(ARITHMETIC[operation] | 2, to, from);
  }

  arithmeticImmediate(operation: keyof typeof ARITHMETIC, to: Register | Memory, value: number): void {
    this.#general(0x81, ARITHMETIC[operation] >> 3, to, { trailing: 4 });
    this.#int32(value);
  }

  multiplyImmediate(to: Register, from: Register | Memory, value: number): void {
    this.#general(0x69, to, from, { trailing: 4 });
    this.#int32(value);
  }

  /** RDX:RAX / divisor: the quotient goes to RAX, the remainder to RDX. */
  divide(divisor: Register): void {
    this.#general(0xf7, 6, divisor);
  }

  test(register: Register): void {
    this.#general(0x85, register, register);
  }

  push(register: Register): void {
    if (register >= 8) this.#bytes.push(0x41);
    this.#bytes.push(0x50 | (register & 7));
  }

  pop(register: Register): void {
    if (register >= 8) this.#bytes.push(0x41);
    this.#bytes.push(0x58 | (register & 7));
  }

  call(target: Register | Label): void {
    if (typeof target === 'number') this.#general(0xff, 2, target);
    else this.#branch([0xe8], target);
  }

  jump(target: Label): void {
    this.#branch([0xe9], target);
  }

  jumpIf(condition: Condition, target: Label): void {
    this.#branch([0x0f, 0x80 | CONDITION[condition]], target);
  }

  return(): void {
    this.#bytes.push(0xc3);
  }

  /** Clears the upper halves of vector registers 0 to 15, without which older code of the caller would be slow. */
  clearUpperHalves(): void {
    this.#bytes.push(0xc5, 0xf8, 0x77);
  }

  cpuid(): void {
    this.#bytes.push(0x0f, 0xa2);
  }

  /** Reads the extended control register ECX into EDX:EAX. */
  readControlRegister(): void {
    this.#bytes.push(0x0f, 0x01, 0xd0);
  }

  /** Copies the low 16 bits of a general register to a mask register. */
  moveToMask(mask: number, from: Register): void {
    this.#bytes.push(0xc4, 0xe0 ^ ((from >> 3) << 5) ^ 0x01, 0x78, 0x92, modrm(3, mask, from));
  }

  /**
   * A vector instruction. `register` is the operand in the `reg` field (usually the destination) and `operand` the one that may be in memory
   * (usually the last source; the destination of stores).
   */
  vector(
    { prefix, map, opcode }: VectorInstruction,
    register: number,
    operand: number | Memory,
    { first = 0, immediate, width = this.width, mask = 0, zeroing = false }: VectorOptions = {},
  ): void {
    const length = width === 512 ? 2 : width === 256 ? 1 : 0;
    const [x, b] = this.#highBits(operand, this.encoding === 'evex');
    const inverted = (number: number, bit: number): number => (~number >> bit) & 1;
    if (this.encoding === 'vex') {
      assert(register < 16 && first < 16 && width < 512 && mask === 0, 'Masks and registers above 15 need AVX-512.');
      this.#bytes.push(
        0xc4,
        (inverted(register, 3) << 7) | ((1 - x) << 6) | ((1 - b) << 5) | map,
        ((~first & 15) << 3) | (length << 2) | prefix,
      );
    } else {
      this.#bytes.push(
        0x62,
        (inverted(register, 3) << 7) | ((1 - x) << 6) | ((1 - b) << 5) | (inverted(register, 4) << 4) | map,
        ((~first & 15) << 3) | 4 | prefix,
        (Number(zeroing) << 7) | (length << 5) | (inverted(first, 4) << 3) | mask,
      );
    }
    this.#bytes.push(opcode);
    this.#operand(register & 7, operand, immediate === undefined ? 0 : 1);
    if (immediate !== undefined) this.#bytes.push(immediate);
  }

  /** An instruction on general registers of 64 bits, or 32. `trailing` bytes of immediate follow. */
  #general(
    opcode: number | readonly number[],
    register: Register,
    operand: Register | Memory,
    { isWide = true, trailing = 0 }: { isWide?: boolean; trailing?: number } = {},
  ): void {
    const [x, b] = this.#highBits(operand, false);
    this.#bytes.push(0x40 | (Number(isWide) << 3) | ((register >> 3) << 2) | (x << 1) | b);
    this.#bytes.push(...(typeof opcode === 'number' ? [opcode] : opcode));
    this.#operand(register & 7, operand, trailing);
  }

  /** The fourth bits of the index and base registers; of a vector register in EVEX, its fifth and fourth. */
  #highBits(operand: Register | Memory, hasFiveBits: boolean): readonly [number, number] {
    if (typeof operand === 'number') return [hasFiveBits ? operand >> 4 : 0, (operand >> 3) & 1];
    return 'label' in operand ? [0, 0] : [(operand.index ?? 0) >> 3, operand.base >> 3];
  }

  /** The ModR/M byte and what follows it. Displacements always have four bytes, so EVEX's scaling of shorter ones does not matter. */
  #operand(register: number, operand: number | Memory, trailing: number): void {
    if (typeof operand === 'number') {
      this.#bytes.push(modrm(3, register, operand));
    } else if ('label' in operand) {
      this.#bytes.push(modrm(0, register, 5));
      this.#reference(operand.label, trailing);
    } else {
      const { base, index, scale = 1, displacement = 0 } = operand;
      if (index !== undefined || (base & 7) === RSP) {
        this.#bytes.push(modrm(2, register, 4), modrm(Math.log2(scale), index ?? 4, base));
      } else {
        this.#bytes.push(modrm(2, register, base));
      }
      this.#int32(displacement);
    }
  }

  #branch(opcode: readonly number[], target: Label): void {
    this.#bytes.push(...opcode);
    this.#reference(target, 0);
  }

  #reference(label: Label, trailing: number): void {
    const at = this.#bytes.length;
    this.#references.push({ at, end: at + 4 + trailing, label });
    this.#int32(0);
  }

  #int32(value: number): void {
    this.#bytes.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255);
  }
}

function modrm(mode: number, register: number, operand: number): number {
  return (mode << 6) | ((register & 7) << 3) | (operand & 7);
}
