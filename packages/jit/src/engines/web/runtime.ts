import type * as Ort from 'onnxruntime-web';
import { JitError } from '../../errors.ts';
import { openCard } from './graphics-card.ts';

/** onnxruntime-web, as it is imported. */
export type Runtime = typeof Ort;

/** What runs the operators. */
export type WebProvider = 'wasm' | 'webgpu';

/** Where onnxruntime-web comes from, and what it reads once, before its first session. */
export interface RuntimeSettings {
  readonly runtime?: () => Promise<Runtime>;
  readonly numThreads?: number;
  readonly wasmPaths?: string;
}

const loaded = new Map<WebProvider, Promise<Runtime>>();

/**
 * Imports the build of onnxruntime-web that has a provider, once per page; the first call's settings hold.
 *
 * @throws {JitError} `JIT_ENGINE` when it is not installed.
 */
export async function loadRuntime(provider: WebProvider, settings: RuntimeSettings): Promise<Runtime> {
  let runtime = loaded.get(provider);
  if (runtime === undefined) {
    runtime = importRuntime(provider, settings);
    loaded.set(provider, runtime);
    runtime.catch(() => loaded.delete(provider));
  }
  return runtime;
}

/** Written out, because bundlers must see the names. */
const BUILDS: Readonly<Record<WebProvider, () => Promise<Runtime>>> = {
  wasm: async () => import('onnxruntime-web/wasm'),
  webgpu: async () => import('onnxruntime-web/webgpu'),
};

async function importRuntime(
  provider: WebProvider,
  { runtime: importBuild = BUILDS[provider], numThreads, wasmPaths }: RuntimeSettings,
): Promise<Runtime> {
  try {
    const runtime = await importBuild();
    const { wasm } = runtime.env;
    if (numThreads !== undefined) wasm.numThreads = numThreads;
    if (wasmPaths !== undefined) wasm.wasmPaths = wasmPaths;
    if (provider === 'webgpu') await openCard(runtime);
    return runtime;
  } catch (cause) {
    throw new JitError('JIT_ENGINE', {
      message: `onnxruntime-web could not be started with ${provider}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: 'Install it (npm install onnxruntime-web) and serve its .wasm files, or use tfjsEngine().',
      cause,
    });
  }
}
