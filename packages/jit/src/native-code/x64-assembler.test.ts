import { describe, expect, it } from 'vitest';
import { R8, R12, RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP, X64Assembler, type VectorEncoding } from './x64-assembler.ts';

function bytesOf(write: (code: X64Assembler) => void, encoding: VectorEncoding = 'vex'): string {
  const code = new X64Assembler(encoding);
  write(code);
  return Buffer.from(code.finish()).toString('hex');
}
export { bytesOf };
