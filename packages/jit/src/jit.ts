import type * as tf from '@tensorflow/tfjs';
import type { Engine, Executable } from './engines/engine.ts';
import { JitError } from './errors.ts';
import type { Graph, Value } from './graph.ts';
import { simplify } from './passes/index.ts';
import { trace } from './trace.ts';
import { flattenTree, treeSignature, unflattenTree, type TensorTree, type TreeStructure } from './tree.ts';

/** Settings of {@link jit}. */
export interface JitOptions {
  /** What runs the compiled graph, for example `onnxRuntimeEngine()`. */
  readonly engine: Engine;
  /**
   * Positions of arguments whose memory the results may take over, as in JAX: after a call these arguments are disposed of. Pass the training
   * state here and it is never copied.
   */
  readonly donate?: readonly number[];
}

/** A compiled function. */
export interface Compiled<Arguments extends readonly unknown[], Result> {
  (...args: Arguments): Promise<Result>;
  /** Releases all compiled variants. Results stay valid. */
  dispose(): void;
}

interface Variant {
  readonly executable: Executable;
  readonly resultStructure: TreeStructure;
  /** For each result leaf, its position among the graph's distinct outputs. */
  readonly resultPositions: readonly number[];
}

/**
 * Compiles a pure function of tensors.
 *
 * The first call for each structure and shape of arguments records `fn` (see {@link trace}), simplifies the graph, lowers it and creates a session;
 * later calls run it. The compiled function returns promises and otherwise behaves as `fn` does: it may contain gradients and optimizer updates.
 *
 * @example
 * const step = jit(
 *   (weights: tf.Tensor2D, x: tf.Tensor2D) => {
 *     const { value, grads } = tf.valueAndGrads((w: tf.Tensor) => tf.sum(tf.square(tf.matMul(x, w as tf.Tensor2D))))([weights]);
 *     return { loss: value, weights: tf.sub(weights, tf.mul(grads[0], 0.01)) };
 *   },
 *   { engine: onnxRuntimeEngine(), donate: [0] },
 * );
 * @throws {JitError} when `fn` cannot be traced, an argument is not a tree of tensors, or the engine fails.
 */
export function jit<Arguments extends readonly unknown[], Result>(
  fn: (...args: Arguments) => Result,
  { engine, donate = [] }: JitOptions,
): Compiled<Arguments, Result> {
  const variants = new Map<string, Promise<Variant>>();
  let isDisposed = false;

  const call = async (...args: Arguments): Promise<Result> => {
    if (isDisposed) throw new JitError('JIT_DISPOSED', { message: 'The compiled function was disposed of.', hint: 'Compile it again.' });
    const { leaves, structure } = flattenTree(args, 'arguments');
    const signature = treeSignature(structure, leaves);
    let pending = variants.get(signature);
    if (pending === undefined) {
      pending = compile(fn, { engine, structure, leaves, donated: donatedLeaves(args, donate) });
      variants.set(signature, pending);
      pending.catch(() => variants.delete(signature));
    }
    const { executable, resultStructure, resultPositions } = await pending;
    const outputs = await executable.run(leaves);
    const taken = new Set<number>();
    const results = resultPositions.map((position) => {
      const output = outputs[position];
      if (output === undefined) throw new JitError('JIT_ENGINE', { message: 'The engine returned too few results.', hint: 'Report this.' });
      if (!taken.has(position)) {
        taken.add(position);
        return output;
      }
      return output.clone();
    });
    return unflattenTree(resultStructure, results) as Result;
  };

  return Object.assign(call, {
    dispose(): void {
      isDisposed = true;
      for (const variant of variants.values()) {
        variant.then(
          ({ executable }) => {
            executable.dispose();
          },
          () => undefined,
        );
      }
      variants.clear();
    },
  });
}

interface CompileRequest {
  readonly engine: Engine;
  readonly structure: TreeStructure;
  readonly leaves: readonly tf.Tensor[];
  readonly donated: readonly boolean[];
}

async function compile(fn: (...args: never[]) => unknown, { engine, structure, leaves, donated }: CompileRequest): Promise<Variant> {
  const { graph, resultStructure } = trace(fn as (...args: TensorTree[]) => unknown, structure, leaves);
  const { graph: distinct, positions } = withDistinctOutputs(simplify(graph));
  return { executable: await engine.compile(distinct, donated), resultStructure, resultPositions: positions };
}

function withDistinctOutputs(graph: Graph): { graph: Graph; positions: number[] } {
  const outputs: Value[] = [...new Set(graph.outputs)];
  return { graph: { ...graph, outputs }, positions: graph.outputs.map((output) => outputs.indexOf(output)) };
}

function donatedLeaves(args: readonly unknown[], donate: readonly number[]): boolean[] {
  return args.flatMap((argument, index) => flattenTree(argument, `argument ${String(index)}`).leaves.map(() => donate.includes(index)));
}
