import { cpus } from 'node:os';
import { lowerGraph } from '../lowerings/index.ts';
import { serializeModel } from '../onnx/model.ts';
import type { EngineOptions, GraphEngine } from './engine.ts';
import { NativeExecutable } from './native/executable.ts';
import { loadOnnxRuntime } from './native/onnxruntime-library.ts';
import { NativeSession } from './native/session.ts';

/** Settings of {@link onnxRuntimeEngine}. */
export interface OnnxRuntimeOptions extends EngineOptions {
  /** Writes a profile of every operator to files with this prefix. */
  readonly profile?: string;
}

/** ONNX Runtime's native CPU provider, in Node. Needs the packages onnxruntime-node and koffi. */
export function onnxRuntimeEngine({ numThreads = cpus().length, profile }: OnnxRuntimeOptions = {}): GraphEngine {
  return {
    kind: 'graph',
    name: 'onnxruntime',
    compile: async (graph, donated) => {
      const library = await loadOnnxRuntime();
      const inputNames = graph.inputs.map((_, index) => `input_${String(index)}`);
      const outputNames = graph.outputs.map((_, index) => `output_${String(index)}`);
      const model = serializeModel(lowerGraph(graph, { inputs: inputNames, outputs: outputNames }));
      const session = new NativeSession(library, model, { numThreads, inputNames, outputNames, ...(profile === undefined ? {} : { profile }) });
      return new NativeExecutable({
        main: graph,
        session,
        updates: [],
        results: graph.outputs,
        donated,
        addressOf: (array) => library.addressOf(array),
      });
    },
  };
}
