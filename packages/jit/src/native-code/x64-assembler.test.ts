import { describe, expect, it } from 'vitest';
import { R8, R12, RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP, X64Assembler, type VectorEncoding } from './x64-assembler.ts';
import * as x64 from './x64-vector-instructions.ts';

/** An instruction in Intel's notation, the bytes that GNU as gives it (three-byte VEX, displacements of four bytes), and how we write it. */
type Example = readonly [text: string, bytes: string, write: (code: X64Assembler) => void];

/** The same for a vector instruction: its parts. */
type VectorExample = readonly [text: string, bytes: string, parts: Parameters<X64Assembler['vector']>];

/** General instructions. */
const GENERAL: readonly Example[] = [
  [
    'mov rbx, rdi',
    '488bdf',
    (code) => {
      code.move(RBX, RDI);
    },
  ],
  [
    'mov r8, [rdi + 16]',
    '4c8b8710000000',
    (code) => {
      code.move(R8, { base: RDI, displacement: 16 });
    },
  ],
  [
    'mov rax, [rsp + 8]',
    '488b842408000000',
    (code) => {
      code.move(RAX, { base: RSP, displacement: 8 });
    },
  ],
  [
    'mov rax, [r12]',
    '498b842400000000',
    (code) => {
      code.move(RAX, { base: R12 });
    },
  ],
  [
    'mov rax, [rbp]',
    '488b8500000000',
    (code) => {
      code.move(RAX, { base: RBP });
    },
  ],
  [
    'mov [rsp + 24], r12',
    '4c89a42418000000',
    (code) => {
      code.store({ base: RSP, displacement: 24 }, R12);
    },
  ],
  [
    'mov [rbx + rcx * 4], eax',
    '4089848b00000000',
    (code) => {
      code.store32({ base: RBX, index: RCX, scale: 4 }, RAX);
    },
  ],
  [
    'mov [rbx + rcx], cl',
    '48888c0b00000000',
    (code) => {
      code.storeByte({ base: RBX, index: RCX, scale: 1 }, RCX);
    },
  ],
  [
    'movzx rax, byte ptr [rbp + rsi]',
    '480fb6843500000000',
    (code) => {
      code.loadByte(RAX, { base: RBP, index: RSI });
    },
  ],
  [
    'mov ecx, 4294967295',
    'b9ffffffff',
    (code) => {
      code.moveImmediate(RCX, 0xffffffff);
    },
  ],
  [
    'movabs rax, 0x123456789abcdef0',
    '48b8f0debc9a78563412',
    (code) => {
      code.moveAddress(RAX, 0x123456789abcdef0n);
    },
  ],
  [
    'lea rdx, [rsi + 5]',
    '488d9605000000',
    (code) => {
      code.loadAddress(RDX, { base: RSI, displacement: 5 });
    },
  ],
  [
    'add rax, rcx',
    '4803c1',
    (code) => {
      code.arithmetic('add', RAX, RCX);
    },
  ],
  [
    'cmp rsi, [rsp + 24]',
    '483bb42418000000',
    (code) => {
      code.arithmetic('cmp', RSI, { base: RSP, displacement: 24 });
    },
  ],
  [
    'sub qword ptr [rsp + 8], 1000',
    '4881ac2408000000e8030000',
    (code) => {
      code.arithmeticImmediate('sub', { base: RSP, displacement: 8 }, 1000);
    },
  ],
  [
    'and rsp, -640',
    '4881e480fdffff',
    (code) => {
      code.arithmeticImmediate('and', RSP, -640);
    },
  ],
  [
    'imul rcx, rsi, 412',
    '4869ce9c010000',
    (code) => {
      code.multiplyImmediate(RCX, RSI, 412);
    },
  ],
  [
    'div rcx',
    '48f7f1',
    (code) => {
      code.divide(RCX);
    },
  ],
  [
    'test rax, rax',
    '4885c0',
    (code) => {
      code.test(RAX);
    },
  ],
  [
    'push r12',
    '4154',
    (code) => {
      code.push(R12);
    },
  ],
  [
    'pop rbx',
    '5b',
    (code) => {
      code.pop(RBX);
    },
  ],
  [
    'call rax',
    '48ffd0',
    (code) => {
      code.call(RAX);
    },
  ],
  [
    'ret',
    'c3',
    (code) => {
      code.return();
    },
  ],
  [
    'cpuid',
    '0fa2',
    (code) => {
      code.cpuid();
    },
  ],
  [
    'xgetbv',
    '0f01d0',
    (code) => {
      code.readControlRegister();
    },
  ],
  [
    'vzeroupper',
    'c5f877',
    (code) => {
      code.clearUpperHalves();
    },
  ],
  [
    'kmovw k1, eax',
    'c4e17892c8',
    (code) => {
      code.moveToMask(1, RAX);
    },
  ],
];

/** Vector instructions in the encoding of AVX2. */
const VEX: readonly VectorExample[] = [
  ['vaddps ymm1, ymm9, ymm10', 'c4c13458ca', [x64.vaddps, 1, 10, { first: 9 }]],
  [
    'vmulps ymm12, ymm3, [rbx + rcx * 4 + 64]',
    'c4616459a48b40000000',
    [x64.vmulps, 12, { base: RBX, index: RCX, scale: 4, displacement: 64 }, { first: 3 }],
  ],
  ['vsqrtps ymm0, ymm15', 'c4c17c51c7', [x64.vsqrtps, 0, 15]],
  ['vmovups ymm8, [r12 + rcx * 4]', 'c4417c10848c00000000', [x64.vmovups, 8, { base: R12, index: RCX, scale: 4 }]],
  ['vmovups [rsp + 96], ymm14', 'c4617c11b42460000000', [x64.vmovupsStore, 14, { base: RSP, displacement: 96 }]],
  ['vmovaps ymm2, ymm11', 'c4c17c28d3', [x64.vmovaps, 2, 11]],
  [
    'vmovss [rbp + rsi * 4], xmm7',
    'c4e17a11bcb500000000',
    [x64.vmovssStore, 7, { base: RBP, index: RSI, scale: 4 }, { width: 128 }],
  ],
  ['vbroadcastss ymm5, dword ptr [rax]', 'c4e27d18a800000000', [x64.vbroadcastss, 5, { base: RAX }]],
  ['vmovd xmm9, ecx', 'c461796ec9', [x64.vmovdFromGeneral, 9, RCX, { width: 128 }]],
  ['vmovd ecx, xmm9', 'c461797ec9', [x64.vmovdToGeneral, 9, RCX, { width: 128 }]],
  ['vpbroadcastd ymm9, xmm9', 'c4427d58c9', [x64.vpbroadcastd, 9, 9]],
  ['vfmadd213ps ymm1, ymm2, ymm3', 'c4e26da8cb', [x64.vfmadd213ps, 1, 3, { first: 2 }]],
  [
    'vfnmadd231ps ymm1, ymm2, [rsp + 32]',
    'c4e26dbc8c2420000000',
    [x64.vfnmadd231ps, 1, { base: RSP, displacement: 32 }, { first: 2 }],
  ],
  ['vfmsub132ps ymm1, ymm2, ymm3', 'c4e26d9acb', [x64.vfmsub132ps, 1, 3, { first: 2 }]],
  ['vroundps ymm1, ymm2, 8', 'c4e37d08ca08', [x64.vroundps, 1, 2, { immediate: 8 }]],
  ['vpmulld ymm1, ymm2, ymm3', 'c4e26d40cb', [x64.vpmulld, 1, 3, { first: 2 }]],
  ['vpsrld ymm10, ymm3, 16', 'c4e12d72d310', [x64.vpshiftd, 2, 3, { first: 10, immediate: 16 }]],
  ['vpsrad ymm10, ymm3, 1', 'c4e12d72e301', [x64.vpshiftd, 4, 3, { first: 10, immediate: 1 }]],
  ['vpslld ymm10, ymm13, 23', 'c4c12d72f517', [x64.vpshiftd, 6, 13, { first: 10, immediate: 23 }]],
  ['vcvtdq2ps ymm1, ymm2', 'c4e17c5bca', [x64.vcvtdq2ps, 1, 2]],
  ['vcvttps2dq ymm1, ymm2', 'c4e17e5bca', [x64.vcvttps2dq, 1, 2]],
  ['vcvtps2dq ymm1, ymm2', 'c4e17d5bca', [x64.vcvtps2dq, 1, 2]],
  ['vcmpps ymm1, ymm2, ymm3, 0x1d', 'c4e16cc2cb1d', [x64.vcmpps, 1, 3, { first: 2, immediate: 0x1d }]],
  ['vpcmpeqd ymm1, ymm2, ymm3', 'c4e16d76cb', [x64.vpcmpeqd, 1, 3, { first: 2 }]],
  ['vpcmpgtd ymm1, ymm2, ymm3', 'c4e16d66cb', [x64.vpcmpgtd, 1, 3, { first: 2 }]],
  ['vblendvps ymm1, ymm2, ymm3, ymm14', 'c4e36d4acbe0', [x64.vblendvps, 1, 3, { first: 2, immediate: 14 << 4 }]],
  ['vmaskmovps ymm1, ymm15, [rbx]', 'c4e2052c8b00000000', [x64.vmaskmovps, 1, { base: RBX }, { first: 15 }]],
  ['vmaskmovps [rbx], ymm15, ymm1', 'c4e2052e8b00000000', [x64.vmaskmovpsStore, 1, { base: RBX }, { first: 15 }]],
  ['vpmovzxbd ymm1, qword ptr [rbx]', 'c4e27d318b00000000', [x64.vpmovzxbd, 1, { base: RBX }]],
  ['vextractf128 xmm15, ymm2, 1', 'c4c37d19d701', [x64.vextractf128, 2, 15, { immediate: 1 }]],
  ['vpackssdw xmm15, xmm2, xmm15', 'c441696bff', [x64.vpackssdw, 15, 15, { first: 2, width: 128 }]],
  ['vpacksswb xmm15, xmm15, xmm15', 'c4410163ff', [x64.vpacksswb, 15, 15, { first: 15, width: 128 }]],
  ['vpabsb xmm15, xmm15', 'c442791cff', [x64.vpabsb, 15, 15, { width: 128 }]],
  [
    'vpinsrb xmm1, xmm1, byte ptr [rbx + 3], 3',
    'c4e371208b0300000003',
    [x64.vpinsrb, 1, { base: RBX, displacement: 3 }, { first: 1, immediate: 3, width: 128 }],
  ],
  [
    'vpextrb byte ptr [rbx + 3], xmm15, 3',
    'c4637914bb0300000003',
    [x64.vpextrb, 15, { base: RBX, displacement: 3 }, { immediate: 3, width: 128 }],
  ],
  ['vmovq qword ptr [rbx], xmm15', 'c46179d6bb00000000', [x64.vmovqStore, 15, { base: RBX }, { width: 128 }]],
  ['vperm2f128 ymm1, ymm2, ymm2, 1', 'c4e36d06ca01', [x64.vperm2f128, 1, 2, { first: 2, immediate: 1 }]],
  ['vpermilps ymm1, ymm2, 0x4e', 'c4e37d04ca4e', [x64.vpermilps, 1, 2, { immediate: 0x4e }]],
];

/** Vector instructions in the encoding of AVX-512. */
const EVEX: readonly VectorExample[] = [
  ['vaddps zmm1, zmm30, zmm18', '62b10c4058ca', [x64.vaddps, 1, 18, { first: 30 }]],
  [
    'vandps zmm17, zmm2, [rbx + rcx * 4 + 68]',
    '62e16c48548c8b44000000',
    [x64.vandps, 17, { base: RBX, index: RCX, scale: 4, displacement: 68 }, { first: 2 }],
  ],
  [
    'vmovups zmm24{k1}{z}, [r12 + rcx * 4]',
    '62417cc910848c00000000',
    [x64.vmovups, 24, { base: R12, index: RCX, scale: 4 }, { mask: 1, zeroing: true }],
  ],
  [
    'vmovups [r12 + rcx * 4]{k1}, zmm24',
    '62417c4911848c00000000',
    [x64.vmovupsStore, 24, { base: R12, index: RCX, scale: 4 }, { mask: 1 }],
  ],
  [
    'vmovss [rbp + rsi * 4], xmm27',
    '62617e08119cb500000000',
    [x64.vmovssStore, 27, { base: RBP, index: RSI, scale: 4 }, { width: 128 }],
  ],
  ['vmovd xmm29, ecx', '62617d086ee9', [x64.vmovdFromGeneral, 29, RCX, { width: 128 }]],
  ['vpbroadcastd zmm29, xmm29', '62027d4858ed', [x64.vpbroadcastd, 29, 29]],
  ['vbroadcastss zmm29, dword ptr [rax]', '62627d4818a800000000', [x64.vbroadcastss, 29, { base: RAX }]],
  ['vfmadd213ps zmm1, zmm22, zmm13', '62d24d40a8cd', [x64.vfmadd213ps, 1, 13, { first: 22 }]],
  ['vrndscaleps zmm1, zmm20, 8', '62b37d4808cc08', [x64.vroundps, 1, 20, { immediate: 8 }]],
  ['vscalefps zmm1, zmm2, zmm31', '62926d482ccf', [x64.vscalefps, 1, 31, { first: 2 }]],
  ['vpsrld zmm31, zmm3, 31', '62f1054072d31f', [x64.vpshiftd, 2, 3, { first: 31, immediate: 31 }]],
  ['vcmpps k2, zmm20, zmm3, 3', '62f15c40c2d303', [x64.vcmpps, 2, 3, { first: 20, immediate: 3 }]],
  ['vpcmpeqd k2, zmm20, zmm3', '62f15d4076d3', [x64.vpcmpeqd, 2, 3, { first: 20 }]],
  ['vpcmpgtd k2, zmm20, zmm3', '62f15d4066d3', [x64.vpcmpgtd, 2, 3, { first: 20 }]],
  ['vpmovm2d zmm25, k2', '62627e4838ca', [x64.vpmovm2d, 25, 2]],
  ['vpmovd2m k2, zmm25', '62927e4839d1', [x64.vpmovd2m, 2, 25]],
  ['vblendmps zmm1{k2}, zmm21, zmm3', '62f2554265cb', [x64.vblendmps, 1, 3, { first: 21, mask: 2 }]],
  [
    'vpmovzxbd zmm1{k1}{z}, xmmword ptr [rbx]',
    '62f27dc9318b00000000',
    [x64.vpmovzxbd, 1, { base: RBX }, { mask: 1, zeroing: true }],
  ],
  ['vpmovdb xmmword ptr [rbx]{k1}, zmm31', '62627e4931bb00000000', [x64.vpmovdbStore, 31, { base: RBX }, { mask: 1 }]],
  ['vshuff32x4 zmm1, zmm2, zmm2, 0x4e', '62f36d4823ca4e', [x64.vshuff32x4, 1, 2, { first: 2, immediate: 0x4e }]],
];

function bytesOf(write: (code: X64Assembler) => void, encoding: VectorEncoding): string {
  const code = new X64Assembler(encoding);
  write(code);
  return Buffer.from(code.finish()).toString('hex');
}

function bytesOfVector(parts: Parameters<X64Assembler['vector']>, encoding: VectorEncoding): string {
  return bytesOf((code) => {
    code.vector(...parts);
  }, encoding);
}

describe('X64Assembler', () => {
  it.each(GENERAL)('encodes %s', (_, bytes, write) => {
    expect(bytesOf(write, 'vex')).toBe(bytes);
  });

  it.each(VEX)('encodes %s', (_, bytes, parts) => {
    expect(bytesOfVector(parts, 'vex')).toBe(bytes);
  });

  it.each(EVEX)('encodes %s', (_, bytes, parts) => {
    expect(bytesOfVector(parts, 'evex')).toBe(bytes);
  });

  it('resolves jumps and constants relative to the end of the instruction', () => {
    const write = (code: X64Assembler): void => {
      const [start, data] = [code.newLabel(), code.newLabel()];
      code.bind(start);
      code.vector(x64.vroundps, 0, { label: data }, { immediate: 8 });
      code.jumpIf('less', start);
      code.jump(start);
      code.call(start);
      code.bind(data);
      code.data(Uint8Array.of(1, 2));
    };
    expect(bytesOf(write, 'vex')).toBe('c4e37d080510000000080f8cf0ffffffe9ebffffffe8e6ffffff0102');
  });

  it('refuses what needs AVX-512 in the encoding of AVX2', () => {
    expect(() =>
      bytesOf((code) => {
        code.vector(x64.vaddps, 16, 0);
      }, 'vex'),
    ).toThrow('need AVX-512');
  });

  it('refuses a label that is bound twice, or used and never bound', () => {
    const code = new X64Assembler();
    const [bound, unbound] = [code.newLabel(), code.newLabel()];
    code.bind(bound);
    expect(() => {
      code.bind(bound);
    }).toThrow('bound once');
    code.jump(unbound);
    expect(() => code.finish()).toThrow('is bound');
  });
});
