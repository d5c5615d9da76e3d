import assert from 'node:assert/strict';
import { functionAt, loadKoffi, type NativeFunction, type Pointer } from '../engines/native/koffi.ts';

const PROTECTION = { readAndWrite: 3, readAndExecute: 5 } as const;
/** MAP_PRIVATE and MAP_ANONYMOUS, whose value differs between the systems. */
const MAP_FLAGS: Partial<Record<NodeJS.Platform, number>> = { linux: 0x22, darwin: 0x1002 };
const MAP_FAILED = 0xffffffffffffffffn;

/** The system's functions for memory that can be executed. */
class SystemMemory {
  readonly map: (...args: unknown[]) => unknown;
  readonly protect: (...args: unknown[]) => unknown;
  readonly unmap: (...args: unknown[]) => unknown;
  readonly copy: (...args: unknown[]) => unknown;

  constructor() {
    const libc = loadKoffi().load(null);
    this.map = libc.func('mmap', 'void *', ['void *', 'size_t', 'int', 'int', 'int', 'int64_t']);
    this.protect = libc.func('mprotect', 'int', ['void *', 'size_t', 'int']);
    this.unmap = libc.func('munmap', 'int', ['void *', 'size_t']);
    this.copy = libc.func('memcpy', 'void *', ['void *', 'void *', 'size_t']);
  }
}

let system: SystemMemory | undefined;

function systemMemory(): SystemMemory {
  system ??= new SystemMemory();
  return system;
}

/**
 * Machine code in memory of its own. It is never writable and executable at once.
 *
 * @throws {Error} when the system refuses the memory; `nativeCodeSupport()` finds this out beforehand.
 */
export class ExecutableMemory {
  readonly address: Pointer;
  readonly #size: number;

  constructor(code: Uint8Array) {
    const { map, copy, protect } = systemMemory();
    this.#size = code.byteLength;
    const address = map(0n, this.#size, PROTECTION.readAndWrite, MAP_FLAGS[process.platform] ?? 0, -1, 0);
    if (typeof address !== 'bigint' || address === 0n || address === MAP_FAILED) throw new Error('mmap was refused');
    this.address = address;
    copy(address, code, this.#size);
    if (protect(address, this.#size, PROTECTION.readAndExecute) !== 0) {
      this.free();
      throw new Error('mprotect was refused');
    }
  }

  /** The function that begins at a position of the code. Its arguments and result are named by their C types. */
  function(offset: number, result: string, args: readonly string[]): NativeFunction {
    return functionAt(this.address + BigInt(offset), result, args);
  }

  /** Nothing may run the code any more. */
  free(): void {
    systemMemory().unmap(this.address, this.#size);
  }
}

/** The address of an array's first byte. The array must be backed by a SharedArrayBuffer, so that it never moves, and be kept alive by the caller. */
export function addressOf(array: ArrayBufferView): Pointer {
  assert(array.buffer instanceof SharedArrayBuffer, 'Only shared memory has an address that lasts.');
  return loadKoffi().address(array);
}
