import { parametersOf, withParameters, type Module, type ParameterMap } from '@cloze/core';
import { copyForEngine, jit, tfjsEngine, type Compiled, type Engine } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';

/** A row of whole numbers for each field, each of any length. */
export type Row<Field extends string> = Readonly<Record<Field, ArrayLike<number>>>;

/** Settings of everything that scores in batches. */
export interface BatchOptions {
  /** What runs the model. Default: tfjs, without compilation. */
  readonly engine?: Engine;
  /** Rows that are computed at once, at most. Default: 16. */
  readonly batchSize?: number;
}

/** Settings of {@link PaddedRows}. */
export interface PaddedRowsOptions<Field extends string, M extends Module> extends BatchOptions {
  /** What shorter rows are filled up with on the right, by field. */
  readonly padding: Readonly<Record<Field, number>>;
  /** Rows are never padded beyond: the model's positions. */
  readonly maxPositions: number;
  /** Pure. Each input is [B, T] int32, with a T for each field; the result is float32 [B, N]. */
  readonly compute: (model: M, inputs: Readonly<Record<Field, tf.Tensor>>) => tf.Tensor;
}

/** Every new shape is compiled once, so lengths are rounded up to powers of two from here. */
const SMALLEST_LENGTH = 16;

/**
 * A function of a model and rows of any lengths: batches of similar rows, padded to few shapes, each of which is compiled once. It holds a copy of the
 * weights where the engine reads them.
 */
export class PaddedRows<Field extends string, M extends Module> {
  readonly #parameters: ParameterMap;
  readonly #compute: Compiled<[ParameterMap, Readonly<Record<Field, tf.Tensor>>], tf.Tensor>;
  readonly #options: PaddedRowsOptions<Field, M>;

  private constructor(model: M, parameters: ParameterMap, options: PaddedRowsOptions<Field, M>) {
    const { engine = tfjsEngine(), compute } = options;
    this.#parameters = parameters;
    this.#options = options;
    this.#compute = jit(
      (weights: ParameterMap, inputs: Readonly<Record<Field, tf.Tensor>>) =>
        compute(withParameters(model, weights), inputs),
      { engine },
    );
  }

  /** Copies the weights of a model. Its own tensors are not read afterwards and may be disposed of. */
  static async create<Field extends string, M extends Module>(
    model: M,
    options: PaddedRowsOptions<Field, M>,
  ): Promise<PaddedRows<Field, M>> {
    const parameters = await copyForEngine(parametersOf(model), options.engine ?? tfjsEngine());
    return new PaddedRows(model, parameters, options);
  }

  /** Computes rows of any lengths. The longest are computed first: what does not fit into memory fails at once. */
  async run(rows: readonly Row<Field>[]): Promise<Float32Array[]> {
    const { batchSize: mostRows = 16 } = this.#options;
    const results = rows.map((): Float32Array => new Float32Array());
    const order = [...rows.keys()].sort((a, b) => lengthOf(rows[b]) - lengthOf(rows[a]));
    while (order.length > 0) {
      const batchSize = Math.min(mostRows, roundedUp(order.length, 1));
      const indices = order.splice(0, batchSize);
      const batch = indices.flatMap((index) => rows[index] ?? []);
      const computed = await this.#runBatch(batch, batchSize);
      indices.forEach((index, place) => (results[index] = computed[place] ?? new Float32Array()));
    }
    return results;
  }

  /** Frees the weights and the compiled function. */
  dispose(): void {
    tf.dispose({ ...this.#parameters });
    this.#compute.dispose();
  }

  /** @param batchSize may be more than there are rows, so that fewer shapes are compiled. */
  async #runBatch(rows: readonly Row<Field>[], batchSize: number): Promise<Float32Array[]> {
    const inputs = this.#inputsOf(rows, batchSize);
    try {
      const output = await this.#compute(this.#parameters, inputs);
      const values = Float32Array.from(await output.data());
      output.dispose();
      const width = values.length / batchSize;
      return rows.map((_, row) => values.slice(row * width, (row + 1) * width));
    } finally {
      tf.dispose(inputs);
    }
  }

  #inputsOf(rows: readonly Row<Field>[], batchSize: number): Record<Field, tf.Tensor> {
    const { padding, maxPositions } = this.#options;
    const tensors = Object.entries<number>(padding).map(([name, value]) => {
      const field = name as Field;
      const longest = rows.reduce((length, row) => Math.max(length, row[field].length), 0);
      const length = longest === 1 ? 1 : Math.max(longest, Math.min(roundedUp(longest, SMALLEST_LENGTH), maxPositions));
      const data = new Int32Array(batchSize * length).fill(value);
      // Rows that are too many repeat the first one, so that nothing in them is unusual.
      for (let row = 0; row < batchSize; row++) data.set((rows[row] ?? rows[0])?.[field] ?? [], row * length);
      return [field, tf.tensor2d(data, [batchSize, length], 'int32')] as const;
    });
    return Object.fromEntries(tensors) as Record<Field, tf.Tensor>;
  }
}

function lengthOf(row: Row<string> | undefined): number {
  return Math.max(0, ...Object.values(row ?? {}).map(({ length }) => length));
}

function roundedUp(length: number, smallest: number): number {
  let rounded = smallest;
  while (rounded < length) rounded *= 2;
  return rounded;
}
