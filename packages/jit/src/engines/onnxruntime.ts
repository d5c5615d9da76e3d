import type { EngineOptions, GraphEngine } from './engine.ts';

/** Settings of {@link onnxRuntimeEngine}. */
export interface OnnxRuntimeOptions extends EngineOptions {
  /**
   * Whether loops may be compiled to machine code, where the processor and the system allow it (x64 with AVX2). Default true. Without it every
   * kernel is an operator of ONNX Runtime.
   */
  readonly nativeCode?: boolean;
  /** Writes a profile of every operator to files with this prefix. */
  readonly profile?: string;
}

/** ONNX Runtime's native CPU provider, in Node. Needs the packages onnxruntime-node and koffi. */
export function onnxRuntimeEngine(options: OnnxRuntimeOptions = {}): GraphEngine {
  return {
    kind: 'graph',
    name: 'onnxruntime',
    compile: async (graph, donated) => {
      // Imported here, so that a browser can load this package.
      const { compileNatively } = await import('./native/compile.ts');
      return compileNatively(graph, donated, options);
    },
  };
}
