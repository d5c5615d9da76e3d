import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { JitError } from '../../errors.ts';

/** A native address. Zero is null. */
export type Pointer = bigint;

type NativeFunction = ((...args: unknown[]) => unknown) & { async: (...args: unknown[]) => void };

/** The parts of koffi that are used here. */
interface Koffi {
  load(path: string): { func(name: string, result: string, args: string[]): (...args: unknown[]) => unknown };
  proto(result: string, args: string[]): unknown;
  decode(address: Pointer, type: unknown): unknown;
  address(value: ArrayBufferView): Pointer;
}

/** The version of the C API to ask for; later libraries answer older versions. */
const API_VERSION = 23;

const STACK_BYTES = 8 * 1024 * 1024;

/** Positions in the table of functions, which only ever grows at its end, and their signatures. */
const FUNCTIONS = {
  GetErrorMessage: [2, 'str', ['void *']],
  CreateEnv: [3, 'void *', ['int', 'str', '_Out_ void **']],
  CreateSessionFromArray: [8, 'void *', ['void *', 'void *', 'size_t', 'void *', '_Out_ void **']],
  Run: [9, 'void *', ['void *', 'void *', 'void *', 'void *', 'size_t', 'void *', 'size_t', 'void *']],
  CreateSessionOptions: [10, 'void *', ['_Out_ void **']],
  EnableProfiling: [14, 'void *', ['void *', 'str']],
  SetSessionGraphOptimizationLevel: [23, 'void *', ['void *', 'int']],
  SetIntraOpNumThreads: [24, 'void *', ['void *', 'int']],
  CreateCustomOpDomain: [26, 'void *', ['str', '_Out_ void **']],
  CustomOpDomain_Add: [27, 'void *', ['void *', 'void *']],
  AddCustomOpDomain: [28, 'void *', ['void *', 'void *']],
  CreateTensorWithDataAsOrtValue: [49, 'void *', ['void *', 'void *', 'size_t', 'void *', 'size_t', 'int', '_Out_ void **']],
  GetTensorMutableData: [51, 'void *', ['void *', '_Out_ void **']],
  CreateCpuMemoryInfo: [69, 'void *', ['int', 'int', '_Out_ void **']],
  KernelContext_GetInput: [90, 'void *', ['void *', 'size_t', '_Out_ void **']],
  KernelContext_GetOutput: [91, 'void *', ['void *', 'size_t', 'void *', 'size_t', '_Out_ void **']],
  ReleaseStatus: [93, 'void', ['void *']],
  ReleaseSession: [95, 'void', ['void *']],
  ReleaseValue: [96, 'void', ['void *']],
  ReleaseSessionOptions: [100, 'void', ['void *']],
  ReleaseCustomOpDomain: [101, 'void', ['void *']],
  AddSessionConfigEntry: [130, 'void *', ['void *', 'str', 'str']],
  KernelContext_ParallelFor: [274, 'void *', ['void *', 'void *', 'size_t', 'size_t', 'void *']],
} as const satisfies Record<string, readonly [number, string, readonly string[]]>;

/** A function of the C API. */
export type FunctionName = keyof typeof FUNCTIONS;

/**
 * The C API of ONNX Runtime, called through koffi on the shared library that `onnxruntime-node` ships. That package's own binding copies
 * every result and blocks the event loop.
 *
 * @see `onnxruntime_c_api.h`. <https://github.com/microsoft/onnxruntime/blob/main/include/onnxruntime/core/session/onnxruntime_c_api.h>
 */
export class OnnxRuntimeLibrary {
  readonly #koffi: Koffi;
  readonly #functions: Readonly<Record<FunctionName, NativeFunction>>;
  readonly environment: Pointer;
  readonly cpuMemory: Pointer;

  constructor(koffi: Koffi, path: string) {
    this.#koffi = koffi;
    const base = toPointer(koffi.load(path).func('OrtGetApiBase', 'void *', [])());
    const getApi = toFunction(koffi.decode(toPointer(koffi.decode(base, 'void *')), koffi.proto('void *', ['uint32_t'])));
    const table = toPointer(getApi(API_VERSION));
    const bind = ([index, result, args]: readonly [number, string, readonly string[]]): NativeFunction =>
      toFunction(koffi.decode(toPointer(koffi.decode(table + BigInt(8 * index), 'void *')), koffi.proto(result, [...args])));
    this.#functions = mapFunctions(bind);
    this.environment = this.create('CreateEnv', 3, 'cloze');
    this.cpuMemory = this.create('CreateCpuMemoryInfo', 1, 0);
  }

  /** The address of an array's first byte. The caller keeps the array alive while native code uses it. */
  addressOf(array: ArrayBufferView): Pointer {
    return this.#koffi.address(array);
  }

  /** Calls a function that returns a status, and throws it if it is one. */
  call(name: FunctionName, ...args: unknown[]): void {
    this.#check(name, this.#functions[name](...args));
  }

  /** Calls a function whose last argument receives a new object. */
  create(name: FunctionName, ...args: unknown[]): Pointer {
    const out: unknown[] = [null];
    this.call(name, ...args, out);
    return toPointer(out[0]);
  }

  /** Calls a function that returns nothing. */
  release(name: FunctionName, pointer: Pointer): void {
    this.#functions[name](pointer);
  }

  /** Calls a function that returns a status on another thread. */
  async callAsync(name: FunctionName, ...args: unknown[]): Promise<void> {
    const status = await new Promise<unknown>((resolve, reject) => {
      this.#functions[name].async(...args, (error: unknown, result: unknown) => {
        if (error instanceof Error) reject(error);
        else resolve(result);
      });
    });
    this.#check(name, status);
  }

  #check(name: FunctionName, status: unknown): void {
    if (status === null || status === undefined || status === 0n) return;
    const message = String(this.#functions.GetErrorMessage(status));
    this.#functions.ReleaseStatus(status);
    throw new JitError('JIT_ENGINE', { message: `ONNX Runtime's ${name} failed: ${message}.`, hint: "Run the function with the engine 'tfjs' to see whether it is sound." });
  }
}

let library: Promise<OnnxRuntimeLibrary> | undefined;

/**
 * Loads the library once per process.
 *
 * @throws {JitError} `JIT_ENGINE` when koffi or onnxruntime-node is not installed, or has no build for this platform.
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntimeLibrary> {
  library ??= load();
  return library;
}

async function load(): Promise<OnnxRuntimeLibrary> {
  try {
    const { default: koffi } = await import('koffi');
    // Calls run on stacks of koffi's own. Its default for asynchronous ones, 128 KB, is less than ONNX Runtime's kernels use.
    koffi.config({ async_stack_size: STACK_BYTES, sync_stack_size: STACK_BYTES });
    return new OnnxRuntimeLibrary(koffi, sharedLibraryPath());
  } catch (cause) {
    throw new JitError('JIT_ENGINE', {
      message: `ONNX Runtime could not be loaded on ${process.platform} ${process.arch}.`,
      hint: "Install onnxruntime-node and koffi, or use the engine 'tfjs'.",
      cause,
    });
  }
}

function sharedLibraryPath(): string {
  const { platform, arch } = process;
  const file = platform === 'win32' ? 'onnxruntime.dll' : platform === 'darwin' ? 'libonnxruntime.1.dylib' : 'libonnxruntime.so.1';
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(manifest), 'bin', 'napi-v6', platform, arch, file);
}

function mapFunctions(bind: (entry: readonly [number, string, readonly string[]]) => NativeFunction): Record<FunctionName, NativeFunction> {
  return {
    GetErrorMessage: bind(FUNCTIONS.GetErrorMessage),
    CreateEnv: bind(FUNCTIONS.CreateEnv),
    CreateSessionFromArray: bind(FUNCTIONS.CreateSessionFromArray),
    Run: bind(FUNCTIONS.Run),
    CreateSessionOptions: bind(FUNCTIONS.CreateSessionOptions),
    EnableProfiling: bind(FUNCTIONS.EnableProfiling),
    SetSessionGraphOptimizationLevel: bind(FUNCTIONS.SetSessionGraphOptimizationLevel),
    SetIntraOpNumThreads: bind(FUNCTIONS.SetIntraOpNumThreads),
    CreateTensorWithDataAsOrtValue: bind(FUNCTIONS.CreateTensorWithDataAsOrtValue),
    CreateCpuMemoryInfo: bind(FUNCTIONS.CreateCpuMemoryInfo),
    ReleaseStatus: bind(FUNCTIONS.ReleaseStatus),
    ReleaseSession: bind(FUNCTIONS.ReleaseSession),
    ReleaseValue: bind(FUNCTIONS.ReleaseValue),
    ReleaseSessionOptions: bind(FUNCTIONS.ReleaseSessionOptions),
    AddSessionConfigEntry: bind(FUNCTIONS.AddSessionConfigEntry),
  };
}

function toPointer(value: unknown): Pointer {
  if (typeof value === 'bigint') return value;
  throw new TypeError(`Expected a native address, got ${typeof value}.`);
}

function toFunction(value: unknown): NativeFunction {
  if (typeof value === 'function' && 'async' in value) return value as NativeFunction;
  throw new TypeError(`Expected a native function, got ${typeof value}.`);
}
