import {
  parametersOf,
  RandomKey,
  toBatchTensors,
  withParameters,
  type BatchTensors,
  type Module,
  type Objective,
  type ParameterMap,
} from '@cloze/core';
import { bucketLengths } from '@cloze/datasets';
import { jit, type Compiled } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';
import type { Predictor, PredictorOptions } from './task.ts';

/** What a model says about one example, by output: row-major. */
export type ExampleOutputs = Readonly<Record<string, Float32Array>>;

/** How rows become predictions in one pass. */
export interface PredictorParts<Row, Example, M extends Module, Field extends string, Prediction> {
  /** One example or more. What is to be predicted counts only where `isLabelled`. */
  readonly examplesOf: (row: Row, options: { readonly isLabelled: boolean }) => readonly Example[];
  /** The longest example that the model takes, in tokens. */
  readonly maxLength: number;
  /** In tokens. */
  readonly lengthOf: (example: Example) => number;
  /** @param sequenceLength the lengths to pad to. */
  readonly objective: (sequenceLength: readonly number[]) => Pick<Objective<Example, M, Field>, 'prepare'>;
  /** Pure; all outputs [B, ...]. */
  readonly outputs: (model: M, batch: BatchTensors<Field>) => Readonly<Record<string, tf.Tensor>>;
  readonly prediction: (row: Row, outputs: readonly ExampleOutputs[], examples: readonly Example[]) => Prediction;
}

type Outputs = Readonly<Record<string, tf.Tensor>>;

const DEFAULT_BATCH_SIZE = 32;
/** Batches are padded to so few lengths, each a multiple of so many tokens: each is compiled once. */
const NUM_LENGTHS = 4;
const LENGTH_MULTIPLE = 16;

/**
 * Predicts in batches of similar length. A prediction depends on its row alone: what stands beside it in a batch, and how far it is padded, changes
 * nothing but the last bits.
 */
export class BatchPredictor<Row, Example, M extends Module, Field extends string, Prediction> implements Predictor<
  Row,
  Prediction
> {
  readonly #parts: PredictorParts<Row, Example, M, Field, Prediction>;
  readonly #batchSize: number;
  readonly #outputs: Compiled<[ParameterMap, BatchTensors<Field>], Outputs>;

  /** @param template its tensors are not read. */
  constructor(
    parts: PredictorParts<Row, Example, M, Field, Prediction>,
    template: M,
    { engine, batchSize = DEFAULT_BATCH_SIZE }: PredictorOptions,
  ) {
    this.#parts = parts;
    this.#batchSize = batchSize;
    this.#outputs = jit(
      (parameters: ParameterMap, batch: BatchTensors<Field>) =>
        parts.outputs(withParameters(template, parameters), batch),
      { engine },
    );
  }

  async predict(model: Module, rows: readonly Row[]): Promise<Prediction[]> {
    const { examplesOf, lengthOf, maxLength, prediction } = this.#parts;
    const parameters = parametersOf(model);
    const byRow = rows.map((row) => examplesOf(row, { isLabelled: false }));
    const examples = byRow.flat();
    const results = new Map<Example, ExampleOutputs>();
    for (const [length, group] of groupsByLength(examples, lengthOf)) {
      const paddedLength = Math.min(length, maxLength);
      for (let begin = 0; begin < group.length; begin += this.#batchSize) {
        const batch = group.slice(begin, begin + this.#batchSize);
        const outputs = await this.#run(
          parameters,
          filled(batch, Math.min(group.length, this.#batchSize)),
          paddedLength,
        );
        batch.forEach((example, index) => results.set(example, exampleOutputs(outputs, index)));
        tf.dispose(Object.values(outputs));
      }
    }
    return rows.map((row, index) => {
      const own = byRow[index] ?? [];
      return prediction(
        row,
        own.map((example) => results.get(example) ?? {}),
        own,
      );
    });
  }

  dispose(): void {
    this.#outputs.dispose();
  }

  async #run(parameters: ParameterMap, examples: readonly Example[], length: number): Promise<Outputs> {
    const objective = this.#parts.objective([length]);
    // Objectives of these tasks draw nothing.
    const batch = toBatchTensors(objective.prepare(examples, RandomKey.fromSeed(0)));
    try {
      return await this.#outputs(parameters, batch);
    } finally {
      tf.dispose(Object.values<tf.Tensor>(batch));
    }
  }
}

function groupsByLength<Example>(
  examples: readonly Example[],
  lengthOf: (example: Example) => number,
): [length: number, group: Example[]][] {
  if (examples.length === 0) return [];
  const roundedUp = (example: Example): number => Math.ceil(lengthOf(example) / LENGTH_MULTIPLE) * LENGTH_MULTIPLE;
  const lengths = bucketLengths(examples.map(roundedUp), NUM_LENGTHS);
  return lengths
    .map((length, index): [number, Example[]] => [
      length,
      examples.filter((example) => {
        const own = roundedUp(example);
        return own <= length && own > (lengths[index - 1] ?? 0);
      }),
    ])
    .filter(([, group]) => group.length > 0);
}

/** The last batch is filled up, so that its shape is compiled already. */
function filled<Example>(batch: readonly Example[], size: number): Example[] {
  const [first] = batch;
  return first === undefined ? [] : [...batch, ...Array.from({ length: size - batch.length }, () => first)];
}

function exampleOutputs(outputs: Outputs, index: number): ExampleOutputs {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => {
      const [numExamples = 1]: readonly number[] = tensor.shape;
      const size = tensor.size / numExamples;
      return [name, Float32Array.from(tensor.dataSync().subarray(index * size, (index + 1) * size))];
    }),
  );
}
