import type * as tf from '@tensorflow/tfjs';
import type { Graph } from '../graph.ts';

/** Settings that every engine understands. */
export interface EngineOptions {
  /** Threads per operator; default: the number of processors. */
  readonly numThreads?: number;
}

/** What runs a compiled function. */
export type Engine = GraphEngine | EagerEngine;

/** Runs functions as they are, on tfjs's active backend: always there, and the oracle for the others. */
export interface EagerEngine {
  readonly kind: 'eager';
  readonly name: string;
}

/** Runs the graphs of traced functions. */
export interface GraphEngine {
  readonly kind: 'graph';
  readonly name: string;
  /**
   * Puts values where the engine reads them without a copy, for what many calls share. The tensor belongs to the caller.
   *
   * @see {@link tensorForEngine}
   * @throws {JitError} `JIT_ENGINE` when there is no room for them.
   */
  hold(values: Float32Array, shape: readonly number[]): Promise<tf.Tensor>;
  /**
   * @param donated for each input, whether its memory may be given to a result.
   * @throws {JitError} `JIT_ENGINE` when the runtime refuses the graph.
   */
  compile(graph: Graph, donated: readonly boolean[]): Promise<Executable>;
}

/** A graph that is ready to run. */
export interface Executable {
  /**
   * Runs the graph. The event loop stays free. The results belong to the caller; donated inputs are disposed of.
   *
   * @throws {JitError} `JIT_ENGINE` when the run fails; then no input has been disposed of.
   */
  run(inputs: readonly tf.Tensor[]): Promise<tf.Tensor[]>;
  /** Releases the session. Results stay valid. */
  dispose(): void;
}
