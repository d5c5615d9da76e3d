import { cpus } from 'node:os';
import type * as tf from '@tensorflow/tfjs';
import { fuse, splitRandomRoots } from '../../fusion/fuse.ts';
import { splitInPlaceUpdates, type InPlaceUpdate } from '../../fusion/in-place-updates.ts';
import { loopVectorProducts } from '../../fusion/vector-products.ts';
import type { Graph } from '../../graph.ts';
import { lowerGraph } from '../../lowerings/index.ts';
import { CustomOperators } from '../../native-code/custom-operators.ts';
import { compileKernel } from '../../native-code/native-kernel.ts';
import { nativeCodeSupport } from '../../native-code/native-code-support.ts';
import { serializeModel } from '../../onnx/model.ts';
import type { Executable } from '../engine.ts';
import type { OnnxRuntimeOptions } from '../onnxruntime.ts';
import { hostBackend, toHostTensor } from '../host-memory.ts';
import { NativeExecutable, type UpdateKernel } from './executable.ts';
import { createBufferInHugePages } from './huge-pages.ts';
import { loadOnnxRuntime, type OnnxRuntimeLibrary } from './onnxruntime-library.ts';
import { NativeSession } from './session.ts';

/** Puts values into memory of the host as ONNX Runtime likes it. */
export async function holdNatively(values: Float32Array, shape: readonly number[]): Promise<tf.Tensor> {
  await prepare();
  return toHostTensor(values, shape, 'float32');
}

/** Loads ONNX Runtime, and has new memory laid out for it. */
async function prepare(): Promise<OnnxRuntimeLibrary> {
  const library = await loadOnnxRuntime();
  hostBackend().memoryPool.create = createBufferInHugePages;
  return library;
}

/** Compiles a graph for ONNX Runtime's C API: a session with loops of machine code inside, and loops that update donated inputs in place after it. */
export async function compileNatively(
  graph: Graph,
  donated: readonly boolean[],
  { numThreads = cpus().length, nativeCode = true, profile }: OnnxRuntimeOptions,
): Promise<Executable> {
  const library = await prepare();
  const { main, updates } =
    nativeCode && nativeCodeSupport().isAvailable
      ? splitInPlaceUpdates(fuse(splitRandomRoots(loopVectorProducts(graph))), donated)
      : { main: graph, updates: [] };
  return new NativeExecutable({
    main,
    session: main.outputs.length === 0 ? undefined : createSession(library, main, { numThreads, profile }),
    updates: updates.map((update) => compileUpdate(update, numThreads)),
    results: graph.outputs,
    donated,
    addressOf: (array) => library.addressOf(array),
  });
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
