import assert from 'node:assert/strict';
import type { AllocatedInstruction } from './allocate-registers.ts';
import type { ConstantPool } from './constant-pool.ts';
import type { Address, BinaryOperation, ChooseOperation, FusedOperation, UnaryOperation } from './vector-code.ts';
import { RAX, RCX, type Memory, type X64Assembler } from './x64-assembler.ts';
import * as x64 from './x64-vector-instructions.ts';

/** What the encoding of a kernel's vector code needs to know. */
export interface EncodingContext {
  readonly code: X64Assembler;
  readonly constants: ConstantPool;
  /** Finds a vector or element; may write code that loads an address into RAX. */
  readonly resolve: (address: Address) => Memory;
  /** A register that values are never in. */
  readonly scratch: number;
  /** The number of lanes of a tail that are within the matrix. */
  readonly tailLanes: number;
}

/** EVEX: holds a bit per lane of a tail, during the whole kernel. */
export const TAIL_MASK = 1;
const SCRATCH_MASK = 2;

const UNARY: Record<Exclude<UnaryOperation, 'round' | 'copy' | `swap${number}`>, x64.VectorInstruction> = {
  sqrt: x64.vsqrtps,
  convertToFloat: x64.vcvtdq2ps,
  convertToInt: x64.vcvtps2dq,
  truncateToInt: x64.vcvttps2dq,
};

const BINARY: Record<BinaryOperation, x64.VectorInstruction> = {
  add: x64.vaddps,
  sub: x64.vsubps,
  mul: x64.vmulps,
  div: x64.vdivps,
  max: x64.vmaxps,
  min: x64.vminps,
  and: x64.vandps,
  andNot: x64.vandnps,
  or: x64.vorps,
  xor: x64.vxorps,
  addInt: x64.vpaddd,
  subInt: x64.vpsubd,
  mulInt: x64.vpmulld,
  scale: x64.vscalefps,
};

/** The three forms of a fused operation overwrite one of the sources; the numbers in their names say which sources are multiplied. */
const FUSED: Record<FusedOperation, Record<'form132' | 'form213' | 'form231', x64.VectorInstruction>> = {
  multiplyAdd: { form132: x64.vfmadd132ps, form213: x64.vfmadd213ps, form231: x64.vfmadd231ps },
  negateMultiplyAdd: { form132: x64.vfnmadd132ps, form213: x64.vfnmadd213ps, form231: x64.vfnmadd231ps },
  multiplySubtract: { form132: x64.vfmsub132ps, form213: x64.vfmsub213ps, form231: x64.vfmsub231ps },
};

const CHOICE: Record<ChooseOperation, x64.VectorInstruction> = {
  choose: x64.vcmpps,
  chooseIntEqual: x64.vpcmpeqd,
  chooseIntGreater: x64.vpcmpgtd,
};

const SHIFT = { shiftRight: 2, shiftRightArithmetic: 4, shiftLeft: 6 } as const;
/** To the nearest integer, ties to even. */
const ROUND_TO_NEAREST = 8;

/** Writes the machine code of allocated vector instructions. */
export function encodeVectorCode(instructions: readonly AllocatedInstruction[], context: EncodingContext): void {
  for (const instruction of instructions) encode(instruction, context);
}

function encode(instruction: AllocatedInstruction, context: EncodingContext): void {
  const { op, operands, immediate = 0, result = 0 } = instruction;
  const { code } = context;
  switch (op) {
    case 'load':
    case 'loadBytes':
    case 'broadcast':
    case 'broadcastByte':
    case 'broadcastRegister':
      encodeLoad(instruction, context);
      return;
    case 'store':
    case 'storeBytes':
    case 'storeFirst':
    case 'storeFirstByte':
      encodeStore(instruction, context);
      return;
    case 'sqrt':
    case 'convertToFloat':
    case 'convertToInt':
    case 'truncateToInt':
      code.vector(UNARY[op], result, source(operands, 0, context));
      return;
    case 'copy':
      code.vector(x64.vmovups, result, source(operands, 0, context));
      return;
    case 'round':
      code.vector(x64.vroundps, result, source(operands, 0, context), { immediate: ROUND_TO_NEAREST });
      return;
    case 'shiftLeft':
    case 'shiftRight':
    case 'shiftRightArithmetic':
      code.vector(x64.vpshiftd, SHIFT[op], register(operands, 0), { first: result, immediate });
      return;
    case 'swap1':
    case 'swap2':
      code.vector(x64.vpermilps, result, register(operands, 0), { immediate: op === 'swap1' ? 0xb1 : 0x4e });
      return;
    case 'swap4':
    case 'swap8':
      encodeSwapOfHalves(op, result, register(operands, 0), code);
      return;
    case 'multiplyAdd':
    case 'negateMultiplyAdd':
    case 'multiplySubtract':
      encodeFused(op, instruction, context);
      return;
    case 'compare':
      encodeComparison(x64.vcmpps, instruction, context);
      return;
    case 'compareIntEqual':
    case 'compareIntGreater':
      encodeComparison(op === 'compareIntEqual' ? x64.vpcmpeqd : x64.vpcmpgtd, instruction, context);
      return;
    case 'choose':
    case 'chooseIntEqual':
    case 'chooseIntGreater':
      encodeChoice(CHOICE[op], instruction, context);
      return;
    case 'select':
      encodeSelect(instruction, context);
      return;
    default:
      code.vector(BINARY[op], result, source(operands, 1, context), { first: register(operands, 0) });
  }
}

function encodeSwapOfHalves(op: 'swap4' | 'swap8', result: number, operand: number, code: X64Assembler): void {
  if (code.encoding === 'vex') code.vector(x64.vperm2f128, result, operand, { first: operand, immediate: 1 });
  else code.vector(x64.vshuff32x4, result, operand, { first: operand, immediate: op === 'swap4' ? 0xb1 : 0x4e });
}

function encodeFused(
  op: FusedOperation,
  { operands, result = 0 }: AllocatedInstruction,
  context: EncodingContext,
): void {
  const { code } = context;
  const { form132, form213, form231 } = FUSED[op];
  const [a, b, c] = [operands[0], operands[1], operands[2]];
  if (typeof b === 'object') {
    const factor = register(operands, 0);
    const term = register(operands, 2);
    if (result === factor) {
      code.vector(form132, result, context.resolve(b), { first: term });
    } else {
      if (result !== term) code.vector(x64.vmovaps, result, term);
      code.vector(form231, result, context.resolve(b), { first: factor });
    }
  } else if (result === c) {
    code.vector(form231, result, register(operands, 1), { first: register(operands, 0) });
  } else {
    const [overwritten, factor] = result === b ? [b, a] : [a, b];
    assert(typeof overwritten === 'number' && typeof factor === 'number', 'Factors are in registers.');
    if (result !== overwritten) code.vector(x64.vmovaps, result, overwritten);
    code.vector(form213, result, source(operands, 2, context), { first: factor });
  }
}

function encodeComparison(
  comparison: x64.VectorInstruction,
  instruction: AllocatedInstruction,
  context: EncodingContext,
): void {
  const { code } = context;
  const { operands, result = 0, immediate } = instruction;
  const options = { first: register(operands, 0), ...(immediate === undefined ? {} : { immediate }) };
  if (code.encoding === 'vex') {
    code.vector(comparison, result, source(operands, 1, context), options);
  } else {
    code.vector(comparison, SCRATCH_MASK, source(operands, 1, context), options);
    code.vector(x64.vpmovm2d, result, SCRATCH_MASK);
  }
}

function encodeSelect({ operands, result = 0 }: AllocatedInstruction, context: EncodingContext): void {
  const { code } = context;
  const condition = register(operands, 0);
  const otherwise = register(operands, 1);
  if (code.encoding === 'vex') {
    code.vector(x64.vblendvps, result, source(operands, 2, context), { first: otherwise, immediate: condition << 4 });
  } else {
    code.vector(x64.vpmovd2m, SCRATCH_MASK, condition);
    code.vector(x64.vblendmps, result, source(operands, 2, context), { first: otherwise, mask: SCRATCH_MASK });
  }
}

function encodeChoice(
  comparison: x64.VectorInstruction,
  instruction: AllocatedInstruction,
  context: EncodingContext,
): void {
  const { code, scratch } = context;
  const { operands, result = 0, immediate } = instruction;
  const options = { first: register(operands, 0), ...(immediate === undefined ? {} : { immediate }) };
  const first = register(operands, 2);
  if (code.encoding === 'vex') {
    code.vector(comparison, scratch, register(operands, 1), options);
    code.vector(x64.vblendvps, result, source(operands, 3, context), { first, immediate: scratch << 4 });
  } else {
    code.vector(comparison, SCRATCH_MASK, register(operands, 1), options);
    code.vector(x64.vblendmps, result, source(operands, 3, context), { first, mask: SCRATCH_MASK });
  }
}

function encodeLoad(
  { op, address, isTail = false, result = 0, register: general = RAX }: AllocatedInstruction,
  context: EncodingContext,
): void {
  const { code } = context;
  if (op === 'broadcastRegister') {
    broadcastGeneral(result, general, code);
    return;
  }
  assert(address !== undefined, `${op} has an address.`);
  const memory = context.resolve(address);
  if (op === 'broadcast') code.vector(x64.vbroadcastss, result, memory);
  else if (op === 'broadcastByte') {
    code.loadByte(RAX, memory);
    broadcastGeneral(result, RAX, code);
  } else if (!isTail) code.vector(op === 'load' ? x64.vmovups : x64.vpmovzxbd, result, memory);
  else if (code.encoding === 'evex') {
    code.vector(op === 'load' ? x64.vmovups : x64.vpmovzxbd, result, memory, { mask: TAIL_MASK, zeroing: true });
  } else if (op === 'load') {
    loadTailMask(context);
    code.vector(x64.vmaskmovps, result, memory, { first: context.scratch });
  } else {
    code.vector(x64.vxorps, result, result, { first: result });
    for (let lane = 0; lane < context.tailLanes; lane++) {
      code.vector(x64.vpinsrb, result, plus(memory, lane), { first: result, immediate: lane, width: 128 });
    }
    code.vector(x64.vpmovzxbd, result, result);
  }
}

function broadcastGeneral(result: number, general: number, code: X64Assembler): void {
  code.vector(x64.vmovdFromGeneral, result, general, { width: 128 });
  code.vector(x64.vpbroadcastd, result, result);
}

function encodeStore({ op, operands, address, isTail = false }: AllocatedInstruction, context: EncodingContext): void {
  const { code } = context;
  const value = register(operands, 0);
  assert(address !== undefined, `${op} has an address.`);
  const memory = context.resolve(address);
  if (op === 'storeBytes') storeBytes(value, memory, isTail, context);
  else if (op === 'storeFirst') code.vector(x64.vmovssStore, value, memory, { width: 128 });
  else if (op === 'storeFirstByte') storeFirstByte(value, memory, context);
  else if (!isTail) code.vector(x64.vmovupsStore, value, memory);
  else if (code.encoding === 'evex') code.vector(x64.vmovupsStore, value, memory, { mask: TAIL_MASK });
  else {
    loadTailMask(context);
    code.vector(x64.vmaskmovpsStore, value, memory, { first: context.scratch });
  }
}

/** Lanes of all ones or zeros become bytes of 1 or 0. */
function storeBytes(
  value: number,
  memory: Memory,
  isTail: boolean,
  { code, scratch, tailLanes }: EncodingContext,
): void {
  if (code.encoding === 'evex') {
    code.vector(x64.vpshiftd, SHIFT.shiftRight, value, { first: scratch, immediate: 31 });
    code.vector(x64.vpmovdbStore, scratch, memory, isTail ? { mask: TAIL_MASK } : {});
    return;
  }
  // From two halves of four 32-bit lanes to eight 16-bit lanes to eight bytes of 0 or -1.
  code.vector(x64.vextractf128, value, scratch, { immediate: 1 });
  code.vector(x64.vpackssdw, scratch, scratch, { first: value, width: 128 });
  code.vector(x64.vpacksswb, scratch, scratch, { first: scratch, width: 128 });
  code.vector(x64.vpabsb, scratch, scratch, { width: 128 });
  if (!isTail) {
    code.vector(x64.vmovqStore, scratch, memory, { width: 128 });
    return;
  }
  for (let lane = 0; lane < tailLanes; lane++) {
    code.vector(x64.vpextrb, scratch, plus(memory, lane), { immediate: lane, width: 128 });
  }
}

/** Outside of the loops over columns, so RCX is free; the address may be in RAX. */
function storeFirstByte(value: number, memory: Memory, { code }: EncodingContext): void {
  code.vector(x64.vmovdToGeneral, value, RCX, { width: 128 });
  code.arithmeticImmediate('and', RCX, 1);
  code.storeByte(memory, RCX);
}

function loadTailMask({ code, constants, scratch, tailLanes }: EncodingContext): void {
  const mask = constants.lanes(Array.from({ length: 8 }, (_, lane) => (lane < tailLanes ? -1 : 0)));
  code.vector(x64.vmovups, scratch, { label: constants.labelOf(mask) });
}

function plus(memory: Memory, bytes: number): Memory {
  assert('base' in memory, 'Elements have a base register.');
  return { ...memory, displacement: (memory.displacement ?? 0) + bytes };
}

/** An operand in a register or, after folding, in memory. */
function source(operands: AllocatedInstruction['operands'], index: number, context: EncodingContext): number | Memory {
  const operand = operands[index];
  assert(operand !== undefined, `There is an operand ${index}.`);
  return typeof operand === 'number' ? operand : context.resolve(operand);
}

function register(operands: AllocatedInstruction['operands'], index: number): number {
  const operand = operands[index];
  assert(typeof operand === 'number', `Operand ${index} is in a register.`);
  return operand;
}
