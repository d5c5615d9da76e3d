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
  // "#native" is a name in package.json: what is built for a browser holds nothing of Node.
  return {
    kind: 'graph',
    name: 'onnxruntime',
    hold: async (values, shape) => {
      const { holdNatively } = await import('#native');
      return holdNatively(values, shape);
    },
    compile: async (graph, donated) => {
      const { compileNatively } = await import('#native');
      return compileNatively(graph, donated, options);
    },
  };
}
