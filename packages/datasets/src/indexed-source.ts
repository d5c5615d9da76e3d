import { CheckpointError } from '@cloze/core';
import type { DataCursor, ExampleSource } from './example-source.ts';

/** A source whose examples can be computed from their number in the endless sequence, so that its cursor is that number. */
export function indexedSource<Example>(options: {
  readonly fingerprint: string;
  readonly exampleAt: (position: number) => Example;
}): ExampleSource<Example> {
  return {
    start: { position: 0 },
    fingerprint: options.fingerprint,
    read: (cursor, count) => {
      const begin = positionOf(cursor);
      const examples = Array.from({ length: count }, (_, index) => options.exampleAt(begin + index));
      return Promise.resolve({ examples, cursor: { position: begin + count } });
    },
  };
}

/**
 * The number of the next example.
 *
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` when the cursor does not hold one.
 */
export function positionOf(cursor: DataCursor): number {
  const { position } = cursor;
  if (position !== undefined && Number.isSafeInteger(position) && position >= 0) return position;
  throw new CheckpointError('CHECKPOINT_MISMATCH', {
    message: `The data cursor must hold a position, got ${JSON.stringify(cursor)}.`,
    hint: 'Resume with the kind of data source that the run was started with.',
  });
}
