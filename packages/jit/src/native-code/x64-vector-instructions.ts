/**
 * A vector instruction in use, by the parts of its opcode that VEX and EVEX share; W is always 0. Each exists in both encodings unless it is marked AVX
 * (VEX only) or AVX-512 (EVEX only).
 *
 * @see Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
 */
export interface VectorInstruction {
  /** The mandatory prefix: 0 none, 1 66, 2 F3, 3 F2. */
  readonly prefix: 0 | 1 | 2 | 3;
  /** The opcode map: 1 0F, 2 0F38, 3 0F3A. */
  readonly map: 1 | 2 | 3;
  readonly opcode: number;
}

export const vmovups: VectorInstruction = { prefix: 0, map: 1, opcode: 0x10 };
export const vmovupsStore: VectorInstruction = { prefix: 0, map: 1, opcode: 0x11 };
export const vmovaps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x28 };
export const vmovssStore: VectorInstruction = { prefix: 2, map: 1, opcode: 0x11 };
export const vbroadcastss: VectorInstruction = { prefix: 1, map: 2, opcode: 0x18 };
export const vmovdFromGeneral: VectorInstruction = { prefix: 1, map: 1, opcode: 0x6e };
export const vmovdToGeneral: VectorInstruction = { prefix: 1, map: 1, opcode: 0x7e };
export const vpbroadcastd: VectorInstruction = { prefix: 1, map: 2, opcode: 0x58 };

export const vaddps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x58 };
export const vsubps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x5c };
export const vmulps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x59 };
export const vdivps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x5e };
export const vmaxps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x5f };
export const vminps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x5d };
export const vsqrtps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x51 };
export const vandps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x54 };
export const vandnps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x55 };
export const vorps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x56 };
export const vxorps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x57 };
/** register = first * register + operand. */
export const vfmadd213ps: VectorInstruction = { prefix: 1, map: 2, opcode: 0xa8 };
/** register = first * operand + register. */
export const vfmadd231ps: VectorInstruction = { prefix: 1, map: 2, opcode: 0xb8 };
/** register = register * operand + first. */
export const vfmadd132ps: VectorInstruction = { prefix: 1, map: 2, opcode: 0x98 };
/** The same with the product negated. */
export const vfnmadd213ps: VectorInstruction = { prefix: 1, map: 2, opcode: 0xac };
export const vfnmadd231ps: VectorInstruction = { prefix: 1, map: 2, opcode: 0xbc };
export const vfnmadd132ps: VectorInstruction = { prefix: 1, map: 2, opcode: 0x9c };
/** The same with the sum negated. */
export const vfmsub213ps: VectorInstruction = { prefix: 1, map: 2, opcode: 0xaa };
export const vfmsub231ps: VectorInstruction = { prefix: 1, map: 2, opcode: 0xba };
export const vfmsub132ps: VectorInstruction = { prefix: 1, map: 2, opcode: 0x9a };
export const vroundps: VectorInstruction = { prefix: 1, map: 3, opcode: 0x08 };
/** AVX-512. */
export const vscalefps: VectorInstruction = { prefix: 1, map: 2, opcode: 0x2c };

export const vpaddd: VectorInstruction = { prefix: 1, map: 1, opcode: 0xfe };
export const vpsubd: VectorInstruction = { prefix: 1, map: 1, opcode: 0xfa };
export const vpmulld: VectorInstruction = { prefix: 1, map: 2, opcode: 0x40 };
/** Shifts by an immediate; the register field tells which: 2 logical right, 4 arithmetic right, 6 left. The destination is `first`. */
export const vpshiftd: VectorInstruction = { prefix: 1, map: 1, opcode: 0x72 };
export const vcvtdq2ps: VectorInstruction = { prefix: 0, map: 1, opcode: 0x5b };
export const vcvttps2dq: VectorInstruction = { prefix: 2, map: 1, opcode: 0x5b };
export const vcvtps2dq: VectorInstruction = { prefix: 1, map: 1, opcode: 0x5b };

/** In EVEX the destination is a mask register. */
export const vcmpps: VectorInstruction = { prefix: 0, map: 1, opcode: 0xc2 };
export const vpcmpeqd: VectorInstruction = { prefix: 1, map: 1, opcode: 0x76 };
export const vpcmpgtd: VectorInstruction = { prefix: 1, map: 1, opcode: 0x66 };
/** AVX. The condition is in the upper half of the immediate. */
export const vblendvps: VectorInstruction = { prefix: 1, map: 3, opcode: 0x4a };
/** AVX-512. */
export const vblendmps: VectorInstruction = { prefix: 1, map: 2, opcode: 0x65 };
/** AVX-512: from a mask register to lanes of all ones or zeros. */
export const vpmovm2d: VectorInstruction = { prefix: 2, map: 2, opcode: 0x38 };
/** AVX-512: from the sign bits of lanes to a mask register. */
export const vpmovd2m: VectorInstruction = { prefix: 2, map: 2, opcode: 0x39 };

/** AVX. */
export const vmaskmovps: VectorInstruction = { prefix: 1, map: 2, opcode: 0x2c };
/** AVX. */
export const vmaskmovpsStore: VectorInstruction = { prefix: 1, map: 2, opcode: 0x2e };
export const vpmovzxbd: VectorInstruction = { prefix: 1, map: 2, opcode: 0x31 };
/** AVX-512. */
export const vpmovdbStore: VectorInstruction = { prefix: 2, map: 2, opcode: 0x31 };
export const vpackssdw: VectorInstruction = { prefix: 1, map: 1, opcode: 0x6b };
export const vpacksswb: VectorInstruction = { prefix: 1, map: 1, opcode: 0x63 };
export const vpabsb: VectorInstruction = { prefix: 1, map: 2, opcode: 0x1c };
export const vpinsrb: VectorInstruction = { prefix: 1, map: 3, opcode: 0x20 };
export const vpextrb: VectorInstruction = { prefix: 1, map: 3, opcode: 0x14 };
export const vmovqStore: VectorInstruction = { prefix: 1, map: 1, opcode: 0xd6 };

export const vextractf128: VectorInstruction = { prefix: 1, map: 3, opcode: 0x19 };
/** AVX. */
export const vperm2f128: VectorInstruction = { prefix: 1, map: 3, opcode: 0x06 };
/** AVX-512. */
export const vshuff32x4: VectorInstruction = { prefix: 1, map: 3, opcode: 0x23 };
export const vpermilps: VectorInstruction = { prefix: 1, map: 3, opcode: 0x04 };
