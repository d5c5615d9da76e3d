import { cpus } from 'node:os';
import { fuse, splitRandomRoots } from '../fusion/fuse.ts';
import { splitInPlaceUpdates, type InPlaceUpdate, type SplitGraph } from '../fusion/in-place-updates.ts';
import type { Graph } from '../graph.ts';
import { lowerGraph } from '../lowerings/index.ts';
import { compileKernel } from '../native-code/native-kernel.ts';
import { nativeCodeSupport } from '../native-code/native-code-support.ts';
import { serializeModel } from '../onnx/model.ts';
import { withoutDeadCode } from '../passes/rewrite.ts';
import type { EngineOptions, GraphEngine } from './engine.ts';
import { NativeExecutable, type UpdateKernel } from './native/executable.ts';
import { loadOnnxRuntime, type OnnxRuntimeLibrary } from './native/onnxruntime-library.ts';
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
      const { main, updates } = nativeCodeSupport().isAvailable ? splitGraph(graph, donated) : { main: graph, updates: [] };
      const session = main.outputs.length === 0 ? undefined : createSession(library, main, { numThreads, profile });
      return new NativeExecutable({
        main,
        session,
        updates: updates.map((update) => compileUpdate(update, numThreads)),
        results: graph.outputs,
        donated,
        addressOf: (array) => library.addressOf(array),
      });
    },
  };
}

function createSession(
  library: OnnxRuntimeLibrary,
  graph: Graph,
  { numThreads, profile }: { numThreads: number; profile: string | undefined },
): NativeSession {
  const inputNames = graph.inputs.map((_, index) => `input_${index}`);
  const outputNames = graph.outputs.map((_, index) => `output_${index}`);
  const model = serializeModel(lowerGraph(graph, { inputs: inputNames, outputs: outputNames }));
  return new NativeSession(library, model, { numThreads, inputNames, outputNames, ...(profile === undefined ? {} : { profile }) });
}

function splitGraph(graph: Graph, donated: readonly boolean[]): SplitGraph {
  const { main, updates } = splitInPlaceUpdates(fuse(splitRandomRoots(graph)), donated);
  return { main: { ...withoutDeadCode({ ...graph, outputs: main.outputs }), constants: graph.constants }, updates };
}

/** Below this many elements, waking other threads takes longer than the work. */
const MIN_ELEMENTS_FOR_THREADS = 1 << 15;

function compileUpdate({ program, inputs, outputs }: InPlaceUpdate, numThreads: number): UpdateKernel {
  const kernel = compileKernel(program);
  const isSmall = program.rows * program.columns < MIN_ELEMENTS_FOR_THREADS;
  return {
    inputs,
    outputs,
    run: async (pointers) => {
      if (isSmall) kernel.run(pointers);
      else await kernel.runAsync(pointers, numThreads);
    },
    dispose: () => {
      kernel.dispose();
    },
  };
}
