import { ExecutableMemory, addressOf } from './executable-memory.ts';
import { RAX, RBX, RCX, RDI, X64Assembler, type VectorEncoding } from './x64-assembler.ts';

/** Whether programs can be compiled to machine code in this process, and if not, why. */
export type NativeCodeSupport =
  | { readonly isAvailable: true; readonly encoding: VectorEncoding }
  | { readonly isAvailable: false; readonly reason: string };

let support: NativeCodeSupport | undefined;

/** Finds out once per process. `CLOZE_NATIVE_CODE=off` switches native code off; `CLOZE_NATIVE_CODE=avx2` does without AVX-512. Never throws. */
export function nativeCodeSupport(): NativeCodeSupport {
  support ??= detect(process.platform, process.arch, process.env.CLOZE_NATIVE_CODE);
  return support;
}

/** @internal */
export function detect(platform: string, arch: string, setting: string | undefined): NativeCodeSupport {
  if (setting === 'off') return unavailable('it is switched off by CLOZE_NATIVE_CODE=off');
  if (arch !== 'x64') return unavailable(`the processor architecture is ${arch}, not x64`);
  if (platform !== 'linux' && platform !== 'darwin')
    return unavailable(`the calling convention of ${platform} is not supported`);
  try {
    const features = readProcessorFeatures();
    if (!features.hasAvx2) return unavailable('the processor has no AVX2 with FMA');
    return { isAvailable: true, encoding: features.hasAvx512 && setting !== 'avx2' ? 'evex' : 'vex' };
  } catch (error) {
    return unavailable(error instanceof Error ? error.message : String(error));
  }
}

function unavailable(reason: string): NativeCodeSupport {
  return { isAvailable: false, reason };
}

const has = (word: bigint, ...bits: number[]): boolean => bits.every((bit) => ((word >> BigInt(bit)) & 1n) === 1n);

/** @see Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, sections 14.3 and 15.2: what processor and system must support. */
function readProcessorFeatures(): { hasAvx2: boolean; hasAvx512: boolean } {
  const words = new BigUint64Array(new SharedArrayBuffer(4096));
  const memory = new ExecutableMemory(assembleFeatureReader());
  try {
    memory.function(0, 'void', ['void *'])(addressOf(words));
  } finally {
    memory.free();
  }
  const [basic = 0n, extended = 0n, savedState = 0n] = words;
  const hasAvx2 = has(basic, 12, 27, 28) && has(savedState, 1, 2) && has(extended, 5);
  const hasAvx512 = hasAvx2 && has(savedState, 5, 6, 7) && has(extended, 16, 17, 30, 31);
  return { hasAvx2, hasAvx512 };
}

/** `void read(uint64_t words[3])`: CPUID leaf 1 ECX, leaf 7 EBX, and the states of registers that the system saves. */
function assembleFeatureReader(): Uint8Array {
  const code = new X64Assembler();
  const end = code.newLabel();
  code.push(RBX);
  code.moveImmediate(RAX, 1);
  code.moveImmediate(RCX, 0);
  code.cpuid();
  code.store({ base: RDI, displacement: 0 }, RCX);
  // Without OSXSAVE (bit 27) the control register cannot be read.
  code.arithmeticImmediate('and', RCX, 1 << 27);
  code.jumpIf('equal', end);
  code.moveImmediate(RAX, 7);
  code.moveImmediate(RCX, 0);
  code.cpuid();
  code.store({ base: RDI, displacement: 8 }, RBX);
  code.moveImmediate(RCX, 0);
  code.readControlRegister();
  code.store({ base: RDI, displacement: 16 }, RAX);
  code.bind(end);
  code.pop(RBX);
  code.return();
  return code.finish();
}
