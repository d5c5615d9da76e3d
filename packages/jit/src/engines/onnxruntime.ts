import { cpus } from 'node:os';
import { fuse, splitRandomRoots } from '../fusion/fuse.ts';
import { splitInPlaceUpdates, type InPlaceUpdate } from '../fusion/in-place-updates.ts';
import type { Graph } from '../graph.ts';
import { lowerGraph } from '../lowerings/index.ts';
import { CustomOperators } from '../native-code/custom-operators.ts';
import { compileKernel } from '../native-code/native-kernel.ts';
import { nativeCodeSupport } from '../native-code/native-code-support.ts';
import { serializeModel } from '../onnx/model.ts';
import type { EngineOptions, GraphEngine } from './engine.ts';
import { NativeExecutable, type UpdateKernel } from './native/executable.ts';
import { loadOnnxRuntime, type OnnxRuntimeLibrary } from './native/onnxruntime-library.ts';
import { NativeSession } from './native/session.ts';

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
export function onnxRuntimeEngine({
  numThreads = cpus().length,
  nativeCode = true,
  profile,
}: OnnxRuntimeOptions = {}): GraphEngine {
  return {
    kind: 'graph',
    name: 'onnxruntime',
    compile: async (graph, donated) => {
      const library = await loadOnnxRuntime();
      const { main, updates } =
        nativeCode && nativeCodeSupport().isAvailable
          ? splitInPlaceUpdates(fuse(splitRandomRoots(graph)), donated)
          : { main: graph, updates: [] };
      return new NativeExecutable({
        main,
        session: main.outputs.length === 0 ? undefined : createSession(library, main, { numThreads, profile }),
        updates: updates.map((update) => compileUpdate(update, numThreads)),
        results: graph.outputs,
        donated,
        addressOf: (array) => library.addressOf(array),
      });
    },
  };
}

interface SessionSettings {
  readonly numThreads: number;
  readonly profile: string | undefined;
}

function createSession(
  library: OnnxRuntimeLibrary,
  graph: Graph,
  { numThreads, profile }: SessionSettings,
): NativeSession {
  const inputNames = graph.inputs.map((_, index) => `input_${index}`);
  const outputNames = graph.outputs.map((_, index) => `output_${index}`);
  let operators: CustomOperators | undefined;
  const model = lowerGraph(graph, { inputs: inputNames, outputs: outputNames }, ({ program, outputTypes }) => {
    operators ??= new CustomOperators(library);
    return operators.add(program, { outputShapes: outputTypes.map(({ shape }) => shape) });
  });
  return new NativeSession(library, serializeModel(model), {
    numThreads,
    inputNames,
    outputNames,
    operators,
    ...(profile === undefined ? {} : { profile }),
  });
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
