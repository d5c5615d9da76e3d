import type { Batch, BatchArray, Objective, RandomKey } from '@cloze/core';
import { fingerprint, type DataCursor, type ExampleSource } from '@cloze/datasets';

/** Where the batches of a run come from. */
export interface BatchSource<Model, Example, Field extends string = string> {
  readonly data: ExampleSource<Example>;
  readonly objective: Pick<Objective<Example, Model, Field>, 'prepare'>;
  readonly key: RandomKey;
  readonly batchSize: number;
  readonly accumulationSteps?: number | undefined;
}

/** The micro-batches of one step, and where the next one begins. */
export async function readBatches<Model, Example, Field extends string>(
  { data, objective, key, batchSize, accumulationSteps = 1 }: BatchSource<Model, Example, Field>,
  cursor: DataCursor,
  step: number,
): Promise<{ readonly batches: readonly Batch<Field>[]; readonly cursor: DataCursor }> {
  const { examples, cursor: next } = await data.read(cursor, batchSize * accumulationSteps);
  const own = key.fold('batch').fold(step);
  const batches = Array.from({ length: accumulationSteps }, (_, index) =>
    objective.prepare(examples.slice(index * batchSize, (index + 1) * batchSize), own.fold(index)),
  );
  return { batches, cursor: next };
}

/** Equal for equal batches. */
export function hashOf(batches: readonly Batch[]): string {
  return fingerprint(
    ...batches.flatMap((batch) =>
      Object.entries<BatchArray>(batch).flatMap(([field, { data, shape }]) => [
        field,
        shape,
        data instanceof Float32Array ? new Int32Array(data.slice().buffer) : data,
      ]),
    ),
  );
}

/** How many input tokens there are: elements of `inputIds`. */
export function numTokens(batches: readonly Batch[]): number {
  return batches.reduce((sum, { inputIds }) => sum + (inputIds?.data.length ?? 0), 0);
}
