import type * as tf from '@tensorflow/tfjs';
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-web';
import { JitError } from '../../errors.ts';
import { sizeOf, type Graph } from '../../graph.ts';
import { lowerGraph } from '../../lowerings/index.ts';
import { serializeModel } from '../../onnx/model.ts';
import type { Executable } from '../engine.ts';
import { engineError } from './engine-error.ts';
import { inTurn } from './in-turn.ts';
import { toHostTensor } from '../host-memory.ts';
import { elementsOf, runtimeBackend, toRuntimeTensor } from './runtime-backend.ts';
import type { Runtime, WebProvider } from './runtime.ts';

/** Results of up to this many elements come back from the graphics card at once: they are losses and the like, and will be read. */
const READ_AT_ONCE = 16;

/** Otherwise every graph with an integer in it warns that the processor counts better than the graphics card. */
const ERRORS_ONLY = 3;

/** A session of onnxruntime-web, and where the results of its graph go. */
export class WebExecutable implements Executable {
  readonly #runtime: Runtime;
  readonly #graph: Graph;
  readonly #donated: readonly boolean[];
  readonly #session: InferenceSession;

  private constructor(runtime: Runtime, graph: Graph, donated: readonly boolean[], session: InferenceSession) {
    this.#runtime = runtime;
    this.#graph = graph;
    this.#donated = donated;
    this.#session = session;
  }

  static async create(
    graph: Graph,
    donated: readonly boolean[],
    { runtime, provider }: { readonly runtime: Runtime; readonly provider: WebProvider },
  ): Promise<WebExecutable> {
    const names = { inputs: graph.inputs.map((_, index) => inputName(index)), outputs: outputNames(graph) };
    const model = serializeModel(lowerGraph(graph, names));
    const locations = graph.outputs.map(
      ({ shape }, index) => [outputName(index), sizeOf(shape) <= READ_AT_ONCE ? 'cpu' : 'gpu-buffer'] as const,
    );
    try {
      const session = await runtime.InferenceSession.create(model, {
        executionProviders: [provider],
        logSeverityLevel: ERRORS_ONLY,
        ...(provider === 'webgpu' && { preferredOutputLocation: Object.fromEntries(locations) }),
      });
      return new WebExecutable(runtime, graph, donated, session);
    } catch (cause) {
      throw engineError('onnxruntime-web refused the graph', cause);
    }
  }

  async run(tensors: readonly tf.Tensor[]): Promise<tf.Tensor[]> {
    const backend = runtimeBackend();
    const feeds: Record<string, RuntimeTensor> = {};
    for (const [index, tensor] of tensors.entries()) {
      feeds[inputName(index)] = backend.tensorOf(tensor) ?? toRuntimeTensor(this.#runtime, await tensor.data(), tensor);
    }
    const results = await inTurn(async () => this.#session.run(feeds)).catch((cause: unknown) => {
      throw engineError('The run failed in onnxruntime-web', cause);
    });
    tensors.forEach((tensor, index) => {
      if (this.#donated[index] === true && !tensor.isDisposed) tensor.dispose();
    });
    return this.#graph.outputs.map(({ dtype }, index) => {
      const result = results[outputName(index)];
      if (result === undefined)
        throw new JitError('JIT_ENGINE', { message: 'A result is missing.', hint: 'Report this.' });
      return result.location === 'gpu-buffer'
        ? backend.adopt(result, dtype)
        : toHostTensor(elementsOf(result.data), result.dims, dtype);
    });
  }

  dispose(): void {
    void inTurn(async () => this.#session.release());
  }
}

function inputName(index: number): string {
  return `input_${index}`;
}

function outputName(index: number): string {
  return `output_${index}`;
}

function outputNames({ outputs }: Graph): string[] {
  return outputs.map((_, index) => outputName(index));
}
