import { createRequire } from 'node:module';

/** A native address. Zero is null. */
export type Pointer = bigint;

/** A C function; `.async` calls it on another thread and takes a callback as last argument. */
export type NativeFunction = ((...args: unknown[]) => unknown) & { async: (...args: unknown[]) => void };

/** The parts of koffi, the bridge to C, that are used here. */
export interface Koffi {
  load(path: string | null): { func(name: string, result: string, args: string[]): (...args: unknown[]) => unknown };
  proto(result: string, args: string[]): unknown;
  decode(address: Pointer, type: unknown): unknown;
  address(value: ArrayBufferView): Pointer;
  config(options: Readonly<Record<string, number>>): void;
}

const STACK_BYTES = 8 * 1024 * 1024;

let koffi: Koffi | undefined;

/**
 * Loads koffi once per process.
 *
 * @throws {Error} when it is not installed or has no build for this platform.
 */
export function loadKoffi(): Koffi {
  koffi ??= load();
  return koffi;
}

function load(): Koffi {
  const loaded: unknown = createRequire(import.meta.url)('koffi');
  if (!isKoffi(loaded)) throw new TypeError('koffi does not export its functions.');
  try {
    // Calls run on stacks of koffi's own. Its default for asynchronous ones, 128 KB, is less than ONNX Runtime's kernels use.
    loaded.config({ async_stack_size: STACK_BYTES, sync_stack_size: STACK_BYTES });
  } catch {
    // Somebody else in this process has used koffi already, so its settings are fixed.
  }
  return loaded;
}

function isKoffi(value: unknown): value is Koffi {
  const functions = ['load', 'proto', 'decode', 'address', 'config'];
  return typeof value === 'object' && value !== null && functions.every((name) => name in value);
}

/** Checks that C gave an address. */
export function toPointer(value: unknown): Pointer {
  if (typeof value === 'bigint') return value;
  throw new TypeError(`Expected a native address, got ${typeof value}.`);
}

/** The C function at an address; its result and arguments are named by their C types. */
export function functionAt(address: Pointer, result: string, args: readonly string[]): NativeFunction {
  const bridge = loadKoffi();
  const value = bridge.decode(address, bridge.proto(result, [...args]));
  if (isNativeFunction(value)) return value;
  throw new TypeError(`Expected a native function, got ${typeof value}.`);
}

function isNativeFunction(value: unknown): value is NativeFunction {
  return typeof value === 'function' && 'async' in value;
}
