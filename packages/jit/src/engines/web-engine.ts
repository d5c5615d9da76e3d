import type { Engine } from './engine.ts';
import { onnxRuntimeWebEngine, type OnnxRuntimeWebOptions } from './onnxruntime-web.ts';

/**
 * The fastest engine that this browser has: WebGPU where there is a graphics card, else WebAssembly, with threads where the page is cross-origin isolated.
 *
 * @param options as for {@link onnxRuntimeWebEngine}.
 * @returns its `name` says which one it is.
 */
export async function webEngine(options: Omit<OnnxRuntimeWebOptions, 'provider'> = {}): Promise<Engine> {
  return onnxRuntimeWebEngine({ ...options, provider: (await hasGraphicsCard()) ? 'webgpu' : 'wasm' });
}

/** The part of a browser's `navigator` that is asked; absent in Node 20. */
declare const navigator:
  | {
      readonly gpu?: {
        requestAdapter(): Promise<{ readonly info: { readonly isFallbackAdapter: boolean } } | null>;
      };
    }
  | undefined;

/** A browser without a card may offer one that is computed by the processor: that is slower than WebAssembly. */
async function hasGraphicsCard(): Promise<boolean> {
  if (typeof navigator === 'undefined') return false;
  const adapter = await navigator.gpu?.requestAdapter();
  return adapter?.info.isFallbackAdapter === false;
}
