import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { JitError } from '../../errors.ts';
import { functionAt, loadKoffi, toPointer, type Koffi, type NativeFunction, type Pointer } from './koffi.ts';

export type { Pointer } from './koffi.ts';

/** The version of the C API to ask for; later libraries answer older versions. */
const API_VERSION = 23;

/** The functions of the C API that are used here. */
export type FunctionName =
  | 'GetErrorMessage'
  | 'CreateEnv'
  | 'CreateSessionFromArray'
  | 'Run'
  | 'CreateSessionOptions'
  | 'EnableProfiling'
  | 'SetSessionGraphOptimizationLevel'
  | 'SetIntraOpNumThreads'
  | 'CreateCustomOpDomain'
  | 'CustomOpDomain_Add'
  | 'AddCustomOpDomain'
  | 'CreateRunOptions'
  | 'CreateTensorWithDataAsOrtValue'
  | 'GetTensorMutableData'
  | 'CreateCpuMemoryInfo'
  | 'KernelContext_GetInput'
  | 'KernelContext_GetOutput'
  | 'ReleaseStatus'
  | 'ReleaseSession'
  | 'ReleaseValue'
  | 'ReleaseRunOptions'
  | 'ReleaseSessionOptions'
  | 'ReleaseCustomOpDomain'
  | 'AddSessionConfigEntry'
  | 'AddRunConfigEntry'
  | 'KernelContext_ParallelFor';

/** Positions in the table of functions, which only ever grows at its end, and their signatures. */
const FUNCTIONS: Readonly<Record<FunctionName, readonly [number, string, readonly string[]]>> = {
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
  CreateRunOptions: [39, 'void *', ['_Out_ void **']],
  CreateTensorWithDataAsOrtValue: [
    49,
    'void *',
    ['void *', 'void *', 'size_t', 'void *', 'size_t', 'int', '_Out_ void **'],
  ],
  GetTensorMutableData: [51, 'void *', ['void *', '_Out_ void **']],
  CreateCpuMemoryInfo: [69, 'void *', ['int', 'int', '_Out_ void **']],
  KernelContext_GetInput: [90, 'void *', ['void *', 'size_t', '_Out_ void **']],
  KernelContext_GetOutput: [91, 'void *', ['void *', 'size_t', 'void *', 'size_t', '_Out_ void **']],
  ReleaseStatus: [93, 'void', ['void *']],
  ReleaseSession: [95, 'void', ['void *']],
  ReleaseValue: [96, 'void', ['void *']],
  ReleaseRunOptions: [97, 'void', ['void *']],
  ReleaseSessionOptions: [100, 'void', ['void *']],
  ReleaseCustomOpDomain: [101, 'void', ['void *']],
  AddSessionConfigEntry: [130, 'void *', ['void *', 'str', 'str']],
  AddRunConfigEntry: [165, 'void *', ['void *', 'str', 'str']],
  KernelContext_ParallelFor: [274, 'void *', ['void *', 'void *', 'size_t', 'size_t', 'void *']],
};

/**
 * The C API of ONNX Runtime, called through koffi on the shared library that `onnxruntime-node` ships. That package's own binding copies
 * every result and blocks the event loop.
 *
 * @see `onnxruntime_c_api.h`. <https://github.com/microsoft/onnxruntime/blob/main/include/onnxruntime/core/session/onnxruntime_c_api.h>
 */
export class OnnxRuntimeLibrary {
  readonly #koffi: Koffi;
  readonly #table: Pointer;
  readonly #functions = new Map<FunctionName, NativeFunction>();
  readonly environment: Pointer;
  readonly cpuMemory: Pointer;

  /** Held for good: when the collector takes the handle, the library is unloaded and every address below it is void. */
  readonly #library: ReturnType<Koffi['load']>;

  constructor(koffi: Koffi, path: string) {
    this.#koffi = koffi;
    this.#library = koffi.load(path);
    const base = toPointer(this.#library.func('OrtGetApiBase', 'void *', [])());
    const getApi = functionAt(toPointer(koffi.decode(base, 'void *')), 'void *', ['uint32_t']);
    this.#table = toPointer(getApi(API_VERSION));
    this.environment = this.create('CreateEnv', 3, 'cloze');
    this.cpuMemory = this.create('CreateCpuMemoryInfo', 1, 0);
  }

  /** The address of an array's first byte. The caller keeps the array alive while native code uses it. */
  addressOf(array: ArrayBufferView): Pointer {
    return this.#koffi.address(array);
  }

  /** Where a function begins, for machine code that calls it. */
  addressOfFunction(name: FunctionName): Pointer {
    return toPointer(this.#koffi.decode(this.#table + BigInt(8 * FUNCTIONS[name][0]), 'void *'));
  }

  /** Calls a function that returns a status, and throws it if it is one. */
  call(name: FunctionName, ...args: unknown[]): void {
    this.#check(name, this.#function(name)(...args));
  }

  /** Calls a function whose last argument receives a new object. */
  create(name: FunctionName, ...args: unknown[]): Pointer {
    const out: unknown[] = [null];
    this.call(name, ...args, out);
    return toPointer(out[0]);
  }

  /** Calls a function that returns nothing. */
  release(name: FunctionName, pointer: Pointer): void {
    this.#function(name)(pointer);
  }

  /** Calls a function that returns a status on another thread. */
  async callAsync(name: FunctionName, ...args: unknown[]): Promise<void> {
    const status = await new Promise<unknown>((resolve, reject) => {
      this.#function(name).async(...args, (error: unknown, result: unknown) => {
        if (error instanceof Error) reject(error);
        else resolve(result);
      });
    });
    this.#check(name, status);
  }

  #function(name: FunctionName): NativeFunction {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const [, result, args] = FUNCTIONS[name];
    const bound = functionAt(this.addressOfFunction(name), result, args);
    this.#functions.set(name, bound);
    return bound;
  }

  #check(name: FunctionName, status: unknown): void {
    if (status === null || status === undefined || status === 0n) return;
    const message = String(this.#function('GetErrorMessage')(status));
    this.#function('ReleaseStatus')(status);
    throw new JitError('JIT_ENGINE', {
      message: `ONNX Runtime's ${name} failed: ${message}.`,
      hint: "Run the function with the engine 'tfjs' to see whether it is sound.",
    });
  }
}

let library: Promise<OnnxRuntimeLibrary> | undefined;

/**
 * Loads the library once per process.
 *
 * @throws {JitError} `JIT_ENGINE` when koffi or onnxruntime-node is not installed, or has no build for this platform.
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntimeLibrary> {
  library ??= Promise.resolve().then(load);
  return library;
}

function load(): OnnxRuntimeLibrary {
  try {
    return new OnnxRuntimeLibrary(loadKoffi(), sharedLibraryPath());
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
  const file =
    platform === 'win32' ? 'onnxruntime.dll' : platform === 'darwin' ? 'libonnxruntime.1.dylib' : 'libonnxruntime.so.1';
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(manifest), 'bin', 'napi-v6', platform, arch, file);
}
