import { CheckpointError, ClozeError } from '@cloze/core';
import type { DataCursor, ExampleSlice, ExampleSource } from './example-source.ts';

/** Where a source made of epochs stands. */
export interface EpochCursor {
  readonly epoch: number;
  /** How many examples of the epoch were read. */
  readonly position: number;
}

/**
 * A source whose epochs are made as a whole and may differ in length, as pairs of sentences that are drawn anew each time. Holds one epoch in memory.
 *
 * @param options `examplesOf`: all examples of an epoch in their order; pure. Epochs are counted from 0.
 */
export function epochSource<Example>(options: {
  readonly fingerprint: string;
  readonly examplesOf: (epoch: number) => readonly Example[];
}): ExampleSource<Example> {
  let made: { readonly epoch: number; readonly examples: readonly Example[] } | undefined;
  const examplesOf = (epoch: number): readonly Example[] => {
    if (made?.epoch !== epoch) made = { epoch, examples: nonEmpty(options.examplesOf(epoch), epoch) };
    return made.examples;
  };

  return {
    start: { epoch: 0, position: 0 },
    fingerprint: options.fingerprint,
    read: (cursor, count) => Promise.resolve(slice(examplesOf, epochCursorOf(cursor), count)),
  };
}

function slice<Example>(
  examplesOf: (epoch: number) => readonly Example[],
  { epoch, position }: EpochCursor,
  count: number,
): ExampleSlice<Example> {
  const examples: Example[] = [];
  while (examples.length < count) {
    const ofEpoch = examplesOf(epoch);
    const taken = ofEpoch.slice(position, position + count - examples.length);
    examples.push(...taken);
    position += taken.length;
    if (position >= ofEpoch.length) [epoch, position] = [epoch + 1, 0];
  }
  return { examples, cursor: { epoch, position } };
}

function nonEmpty<Example>(examples: readonly Example[], epoch: number): readonly Example[] {
  if (examples.length > 0) return examples;
  throw new ClozeError('DATA_INVALID', {
    message: `An epoch must have at least one example, got none in epoch ${epoch}.`,
    hint: 'Add text.',
  });
}

/**
 * Reads the cursor of a source made of epochs.
 *
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` when it is none.
 */
export function epochCursorOf(cursor: DataCursor): EpochCursor {
  const { epoch, position } = cursor;
  if (isCount(epoch) && isCount(position)) return { epoch, position };
  throw new CheckpointError('CHECKPOINT_MISMATCH', {
    message: `The data cursor must hold an epoch and a position, got ${JSON.stringify(cursor)}.`,
    hint: 'Resume with the kind of data source that the run was started with.',
  });
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}
