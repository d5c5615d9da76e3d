import type { EngineOptions, GraphEngine } from './engine.ts';
import { toHostTensor } from './host-memory.ts';
import type { Runtime, WebProvider } from './web/runtime.ts';

/** Settings of {@link onnxRuntimeWebEngine}. */
export interface OnnxRuntimeWebOptions extends EngineOptions {
  /** What runs the operators: WebAssembly, or the graphics card through WebGPU. Default: `wasm`. */
  readonly provider?: WebProvider;
  /** The URL, with a slash at its end, of the folder where the `.wasm` files of onnxruntime-web lie. Default: where its script lies. */
  readonly wasmPaths?: string;
  /** Where onnxruntime-web comes from, for example a CDN. Default: the installed package's build for the provider. */
  readonly runtime?: () => Promise<Runtime>;
}

/**
 * ONNX Runtime in a browser. Needs the package onnxruntime-web.
 *
 * With `wasm`, a call blocks its thread: use it in a worker. It takes more than one thread only in pages that are cross-origin isolated. With
 * `webgpu`, results stay on the graphics card: read them with `await tensor.data()`.
 *
 * @see {@link webEngine} which chooses.
 */
export function onnxRuntimeWebEngine({ provider = 'wasm', ...settings }: OnnxRuntimeWebOptions = {}): GraphEngine {
  return {
    kind: 'graph',
    name: `onnxruntime-web ${provider}`,
    hold: async (values, shape) => {
      if (provider === 'wasm') return toHostTensor(values, shape, 'float32');
      const [{ loadRuntime }, { holdOnCard }] = await Promise.all([
        import('./web/runtime.ts'),
        import('./web/graphics-card.ts'),
      ]);
      return holdOnCard(await loadRuntime(provider, settings), values, shape);
    },
    compile: async (graph, donated) => {
      // Imported here: where another engine runs, none of this is loaded.
      const [{ loadRuntime }, { WebExecutable }] = await Promise.all([
        import('./web/runtime.ts'),
        import('./web/executable.ts'),
      ]);
      const runtime = await loadRuntime(provider, settings);
      return WebExecutable.create(graph, donated, { runtime, provider });
    },
  };
}
