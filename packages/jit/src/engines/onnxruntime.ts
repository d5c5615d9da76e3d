import { cpus } from 'node:os';
import type * as tf from '@tensorflow/tfjs';
import type { Graph, Value } from '../graph.ts';
import { lowerGraph } from '../lowerings/index.ts';
import { serializeModel } from '../onnx/model.ts';
import type { Engine, EngineOptions, Executable } from './engine.ts';
import { hostBackend, viewOf, type HostBuffer } from './host-memory.ts';
import { loadOnnxRuntime } from './native/onnxruntime-library.ts';
import { NativeSession, type Binding } from './native/session.ts';

/** ONNX Runtime's native CPU provider, in Node. */
export function onnxRuntimeEngine({ numThreads = cpus().length, profile }: EngineOptions & { readonly profile?: string } = {}): Engine {
  return {
    name: 'onnxruntime',
    compile: async (graph, donated) => {
      const library = await loadOnnxRuntime();
      const inputNames = graph.inputs.map((_, index) => `input_${String(index)}`);
      const outputNames = graph.outputs.map((_, index) => `output_${String(index)}`);
      const model = serializeModel(lowerGraph(graph, { inputs: inputNames, outputs: outputNames }));
      const session = new NativeSession(library, model, { numThreads, inputNames, outputNames, ...(profile === undefined ? {} : { profile }) });
      return new NativeExecutable(graph, session, donated);
    },
  };
}

class NativeExecutable implements Executable {
  readonly #graph: Graph;
  readonly #session: NativeSession;
  readonly #donated: readonly boolean[];

  constructor(graph: Graph, session: NativeSession, donated: readonly boolean[]) {
    this.#graph = graph;
    this.#session = session;
    this.#donated = donated;
  }

  async run(tensors: readonly tf.Tensor[]): Promise<tf.Tensor[]> {
    const host = hostBackend();
    const pool = host.memoryPool;
    const borrowed: HostBuffer[] = [];
    const bindInput = (value: Value, index: number): Binding => {
      const tensor = tensors[index];
      const own = tensor && host.bufferOf(tensor);
      if (own !== undefined) return { buffer: own, type: value };
      const buffer = pool.allocate(value);
      borrowed.push(buffer);
      if (tensor) viewOf(buffer, value).set(tensor.dataSync());
      return { buffer, type: value };
    };
    const inputs = this.#graph.inputs.map(bindInput);
    const outputs = this.#graph.outputs.map((value): Binding => ({ buffer: pool.allocate(value), type: value }));
    try {
      await this.#session.run(inputs, outputs);
    } catch (error) {
      for (const { buffer } of outputs) pool.release(buffer);
      throw error;
    } finally {
      for (const buffer of borrowed) pool.release(buffer);
    }
    tensors.forEach((tensor, index) => {
      if (this.#donated[index] === true) tensor.dispose();
    });
    return outputs.map(({ buffer, type }) => host.adopt(buffer, type));
  }

  dispose(): void {
    this.#session.dispose();
  }
}
