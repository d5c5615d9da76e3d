import * as tf from '@tensorflow/tfjs';
import { countOperations } from './count-operations.ts';
import type { Engine, Executable, GraphEngine } from './engines/engine.ts';
import { JitError } from './errors.ts';
import type { Graph } from './graph.ts';
import { simplify } from './passes/index.ts';
import { trace, type TracedFunction } from './trace.ts';
import { flattenTree, treeSignature, unflattenTree, type TreeStructure } from './tree.ts';

/** Settings of {@link jit}. */
export interface JitOptions {
  /** What runs the function, for example `onnxRuntimeEngine()`. */
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
  /**
   * Floating point operations of the matrix products and convolutions in one call, for the shapes of the last call; 0 before the first call and for
   * engines that record nothing.
   */
  operationsPerCall(): number;
  /** Releases all compiled variants. Results stay valid. */
  dispose(): void;
}

/**
 * Compiles a pure function of tensors.
 *
 * The first call for each structure and shape of arguments records `fn` (see `trace`), simplifies the graph, lowers it and creates a session;
 * later calls run it. The compiled function returns promises and otherwise behaves as `fn` does: it may contain gradients and optimizer updates.
 *
 * @example
 * const step = jit(
 *   (weights: tf.Tensor2D, x: tf.Tensor2D) => {
 *     const { value, grad } = tf.valueAndGrad((w: tf.Tensor) => tf.sum(tf.square(tf.matMul(x, w))))(weights);
 *     return { loss: value, weights: tf.sub(weights, tf.mul(grad, 0.01)) };
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
  let operations = 0;

  const call = async (...args: Arguments): Promise<Result> => {
    if (isDisposed)
      throw new JitError('JIT_DISPOSED', {
        message: 'The compiled function was disposed of.',
        hint: 'Compile it again.',
      });
    const request = toRequest(args, donate);
    // The structure of the result is that of `fn`'s, which is what its type says.
    if (engine.kind === 'eager') return runEagerly(fn, args, request) as Result;
    const signature = treeSignature(request.structure, request.leaves);
    let variant = variants.get(signature);
    if (variant === undefined) {
      variant = compile(fn as unknown as TracedFunction, engine, request);
      variants.set(signature, variant);
      variant.catch(() => variants.delete(signature));
    }
    const ready = await variant;
    operations = ready.operations;
    return (await runVariant(ready, request.leaves)) as Result;
  };

  const dispose = (): void => {
    isDisposed = true;
    for (const variant of variants.values())
      variant.then(({ executable }) => {
        executable.dispose();
      }, ignoreFailedCompilation);
    variants.clear();
  };
  return Object.assign(call, { dispose, operationsPerCall: () => operations });
}

/** The arguments of one call, taken apart. */
interface Request {
  readonly structure: TreeStructure;
  readonly leaves: readonly tf.Tensor[];
  /** For each leaf. */
  readonly donated: readonly boolean[];
}

interface Variant {
  readonly executable: Executable;
  readonly operations: number;
  readonly resultStructure: TreeStructure;
  /** For each result leaf, its position among the graph's distinct outputs. */
  readonly positions: readonly number[];
}

function toRequest(args: readonly unknown[], donate: readonly number[]): Request {
  const { leaves, structure } = flattenTree(args, 'arguments');
  for (const leaf of leaves) {
    if (leaf.isDisposed) {
      throw new JitError('JIT_DISPOSED', {
        message: 'An argument was disposed of before the call.',
        hint: 'Donated arguments cannot be used again: use the results instead.',
      });
    }
  }
  const donated = args.flatMap((argument, index) =>
    flattenTree(argument, `arguments[${index}]`).leaves.map(() => donate.includes(index)),
  );
  return { structure, leaves, donated };
}

async function compile(
  fn: TracedFunction,
  engine: GraphEngine,
  { structure, leaves, donated }: Request,
): Promise<Variant> {
  const { graph, resultStructure } = trace(fn, structure, leaves);
  const { distinct, positions } = withDistinctOutputs(simplify(graph));
  const executable = await engine.compile(distinct, donated);
  return { executable, operations: countOperations(distinct), resultStructure, positions };
}

/** Two results may be one value; an engine writes it once. */
function withDistinctOutputs(graph: Graph): { distinct: Graph; positions: number[] } {
  const outputs = [...new Set(graph.outputs)];
  return { distinct: { ...graph, outputs }, positions: graph.outputs.map((output) => outputs.indexOf(output)) };
}

async function runVariant(
  { executable, resultStructure, positions }: Variant,
  leaves: readonly tf.Tensor[],
): Promise<unknown> {
  const outputs = await executable.run(leaves);
  const taken = new Set<number>();
  const results = positions.map((position) => {
    const output = outputs[position];
    if (output === undefined)
      throw new JitError('JIT_ENGINE', { message: 'The engine returned too few results.', hint: 'Report this.' });
    if (taken.has(position)) return output.clone();
    taken.add(position);
    return output;
  });
  return unflattenTree(resultStructure, results);
}

function runEagerly<Arguments extends readonly unknown[]>(
  fn: (...args: Arguments) => unknown,
  args: Arguments,
  { leaves, donated }: Request,
): unknown {
  const engine = tf.engine();
  engine.startScope();
  let kept: tf.Tensor[] = [];
  try {
    const { leaves: outputs, structure } = flattenTree(fn(...args), 'the result');
    // A result may be an argument; it gets a tensor of its own, so that either can be disposed of.
    kept = outputs.map((output, index) =>
      leaves.includes(output) || outputs.indexOf(output) !== index ? output.clone() : output,
    );
    leaves.forEach((leaf, index) => {
      if (donated[index] === true) leaf.dispose();
    });
    return unflattenTree(structure, kept);
  } finally {
    engine.endScope(kept);
  }
}

/** Its caller has the error already. */
function ignoreFailedCompilation(): void {
  // Nothing was created that could be released.
}
