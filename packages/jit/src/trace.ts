import * as tf from '@tensorflow/tfjs';
import { JitError } from './errors.ts';
import { createValue, isElementType, type Graph, type Value } from './graph.ts';
import { refuseUnknownKernels, TRACING_BACKEND, tracingBackend } from './tracing-backend.ts';
import { flattenTree, unflattenArguments, type TensorTree, type TreeStructure } from './tree.ts';

/** A function of tensor trees. What it returns is checked, so its type says nothing. */
export type TracedFunction = (...args: TensorTree[]) => unknown;

/** The graph of a function, with the structure of its result. */
export interface Trace {
  readonly graph: Graph;
  readonly resultStructure: TreeStructure;
}

/**
 * Records a function as a graph by running it once on a backend that holds no values.
 *
 * The function must be synchronous and pure: what it computes may depend on the shapes of its arguments, not on their contents. Tensors that it
 * uses without receiving them become constants. Tracing is synchronous because tfjs has one active backend per process.
 *
 * @throws {JitError} `JIT_UNSUPPORTED_KERNEL`, `JIT_DATA_DEPENDENT` or `JIT_ARGUMENT`; each names the line that caused it.
 */
export function trace(fn: TracedFunction, structure: TreeStructure, leaves: readonly tf.Tensor[]): Trace {
  const backend = tracingBackend();
  return backend.record((recording) =>
    withBackend(TRACING_BACKEND, () => {
      refuseUnknownKernels();
      const engine = tf.engine();
      engine.startScope();
      try {
        const inputs: Value[] = [];
        const placeholders = leaves.map(({ shape, dtype }) => {
          if (!isElementType(dtype)) {
            throw new JitError('JIT_ARGUMENT', {
              message: `A tensor of type ${dtype} was passed to a compiled function.`,
              hint: 'Compiled functions compute with float32, int32 and bool.',
            });
          }
          const value = createValue({ shape, dtype });
          const dataId = {};
          recording.bind(dataId, value);
          inputs.push(value);
          return engine.makeTensorFromTensorInfo({ dataId, shape, dtype }, backend);
        });
        const result = fn(...unflattenArguments(structure, placeholders));
        if (result instanceof Promise) {
          throw new JitError('JIT_ARGUMENT', {
            message: 'A compiled function returned a promise.',
            hint: 'Make it synchronous: await outside of it.',
          });
        }
        const flat = flattenTree(result, 'the result');
        const outputs = flat.leaves.map((leaf) => recording.valueOf(leaf));
        const graph = { inputs, constants: recording.constants, nodes: recording.nodes, outputs };
        return { graph, resultStructure: flat.structure };
      } finally {
        engine.endScope();
      }
    }),
  );
}

/** Runs `body` with another active backend. `setBackend` takes effect before its promise does, because the tracing backend is created synchronously. */
function withBackend<T>(name: string, body: () => T): T {
  tf.backend(); // Chooses one if none is active yet.
  const previous = tf.getBackend();
  void tf.setBackend(name);
  try {
    return body();
  } finally {
    void tf.setBackend(previous);
  }
}
