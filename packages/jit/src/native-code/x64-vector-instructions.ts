/** The parts of an opcode that VEX and EVEX share. */
export interface VectorInstruction {
  /** The mandatory prefix: 0 none, 1 66, 2 F3, 3 F2. */
  readonly prefix: 0 | 1 | 2 | 3;
  /** The opcode map: 1 0F, 2 0F38, 3 0F3A. */
  readonly map: 1 | 2 | 3;
  readonly opcode: number;
}

/** The vector instructions in use, all with W = 0. Those of AVX-512 alone are marked; the other ones exist in both encodings unless marked AVX. */
export const VECTOR_INSTRUCTIONS = {
  vmovups: { prefix: 0, map: 1, opcode: 0x10 },
  vmovupsStore: { prefix: 0, map: 1, opcode: 0x11 },
  vmovaps: { prefix: 0, map: 1, opcode: 0x28 },
  vmovssStore: { prefix: 2, map: 1, opcode: 0x11 },
  vbroadcastss: { prefix: 1, map: 2, opcode: 0x18 },
  vmovdFromGeneral: { prefix: 1, map: 1, opcode: 0x6e },
  vmovdToGeneral: { prefix: 1, map: 1, opcode: 0x7e },
  vpbroadcastd: { prefix: 1, map: 2, opcode: 0x58 },

  vaddps: { prefix: 0, map: 1, opcode: 0x58 },
  vsubps: { prefix: 0, map: 1, opcode: 0x5c },
  vmulps: { prefix: 0, map: 1, opcode: 0x59 },
  vdivps: { prefix: 0, map: 1, opcode: 0x5e },
  vmaxps: { prefix: 0, map: 1, opcode: 0x5f },
  vminps: { prefix: 0, map: 1, opcode: 0x5d },
  vsqrtps: { prefix: 0, map: 1, opcode: 0x51 },
  vandps: { prefix: 0, map: 1, opcode: 0x54 },
  vandnps: { prefix: 0, map: 1, opcode: 0x55 },
  vorps: { prefix: 0, map: 1, opcode: 0x56 },
  vxorps: { prefix: 0, map: 1, opcode: 0x57 },
  /** register = first * register + operand. */
  vfmadd213ps: { prefix: 1, map: 2, opcode: 0xa8 },
  /** register = first * operand + register. */
  vfmadd231ps: { prefix: 1, map: 2, opcode: 0xb8 },
  /** register = register * operand + first. */
  vfmadd132ps: { prefix: 1, map: 2, opcode: 0x98 },
  /** The same with the product negated. */
  vfnmadd213ps: { prefix: 1, map: 2, opcode: 0xac },
  vfnmadd231ps: { prefix: 1, map: 2, opcode: 0xbc },
  vfnmadd132ps: { prefix: 1, map: 2, opcode: 0x9c },
  /** The same with the sum negated. */
  vfmsub213ps: { prefix: 1, map: 2, opcode: 0xaa },
  vfmsub231ps: { prefix: 1, map: 2, opcode: 0xba },
  vfmsub132ps: { prefix: 1, map: 2, opcode: 0x9a },
  vroundps: { prefix: 1, map: 3, opcode: 0x08 },
  /** AVX-512. */
  vscalefps: { prefix: 1, map: 2, opcode: 0x2c },

  vpaddd: { prefix: 1, map: 1, opcode: 0xfe },
  vpsubd: { prefix: 1, map: 1, opcode: 0xfa },
  vpmulld: { prefix: 1, map: 2, opcode: 0x40 },
  /** Shifts by an immediate; the register field tells which: 2 logical right, 4 arithmetic right, 6 left. The destination is `first`. */
  vpshiftd: { prefix: 1, map: 1, opcode: 0x72 },
  vcvtdq2ps: { prefix: 0, map: 1, opcode: 0x5b },
  vcvttps2dq: { prefix: 2, map: 1, opcode: 0x5b },
  vcvtps2dq: { prefix: 1, map: 1, opcode: 0x5b },

  /** In EVEX the destination is a mask register. */
  vcmpps: { prefix: 0, map: 1, opcode: 0xc2 },
  vpcmpeqd: { prefix: 1, map: 1, opcode: 0x76 },
  vpcmpgtd: { prefix: 1, map: 1, opcode: 0x66 },
  /** AVX. The condition is in the upper half of the immediate. */
  vblendvps: { prefix: 1, map: 3, opcode: 0x4a },
  /** AVX-512. */
  vblendmps: { prefix: 1, map: 2, opcode: 0x65 },
  /** AVX-512: from a mask register to lanes of all ones or zeros. */
  vpmovm2d: { prefix: 2, map: 2, opcode: 0x38 },
  /** AVX-512: from the sign bits of lanes to a mask register. */
  vpmovd2m: { prefix: 2, map: 2, opcode: 0x39 },

  /** AVX. */
  vmaskmovps: { prefix: 1, map: 2, opcode: 0x2c },
  /** AVX. */
  vmaskmovpsStore: { prefix: 1, map: 2, opcode: 0x2e },
  vpmovzxbd: { prefix: 1, map: 2, opcode: 0x31 },
  /** AVX-512. */
  vpmovdbStore: { prefix: 2, map: 2, opcode: 0x31 },
  vpackssdw: { prefix: 1, map: 1, opcode: 0x6b },
  vpacksswb: { prefix: 1, map: 1, opcode: 0x63 },
  vpinsrb: { prefix: 1, map: 3, opcode: 0x20 },
  vpextrb: { prefix: 1, map: 3, opcode: 0x14 },
  vmovqStore: { prefix: 1, map: 1, opcode: 0xd6 },

  vextractf128: { prefix: 1, map: 3, opcode: 0x19 },
  /** AVX. */
  vperm2f128: { prefix: 1, map: 3, opcode: 0x06 },
  /** AVX-512. */
  vshuff32x4: { prefix: 1, map: 3, opcode: 0x23 },
  vpermilps: { prefix: 1, map: 3, opcode: 0x04 },
} as const satisfies Record<string, VectorInstruction>;

export type VectorInstructionName = keyof typeof VECTOR_INSTRUCTIONS;
