import { describe, expect, it } from 'vitest';
import { epochSource } from './epoch-source.ts';

/** Epoch e has e + 1 examples. */
const source = epochSource({
  fingerprint: 'f',
  examplesOf: (epoch) => Array.from({ length: epoch + 1 }, (_, index) => `${epoch}.${index}`),
});

describe('epochSource', () => {
  it('reads across epochs of different lengths', async () => {
    const first = await source.read(source.start, 4);
    expect(first).toEqual({ examples: ['0.0', '1.0', '1.1', '2.0'], cursor: { epoch: 2, position: 1 } });
    const second = await source.read(first.cursor, 2);
    expect(second).toEqual({ examples: ['2.1', '2.2'], cursor: { epoch: 3, position: 0 } });
  });

  it('reads the same from the same cursor, in any order', async () => {
    const cursor = { epoch: 1, position: 1 };
    const once = await source.read(cursor, 3);
    await source.read({ epoch: 5, position: 0 }, 1);
    expect(await source.read(cursor, 3)).toEqual(once);
  });

  it('makes each epoch once while it is read', async () => {
    const made: number[] = [];
    const counting = epochSource({
      fingerprint: 'f',
      examplesOf: (epoch) => {
        made.push(epoch);
        return [1, 2, 3];
      },
    });
    let { start: cursor } = counting;
    for (let read = 0; read < 5; read++) ({ cursor } = await counting.read(cursor, 1));
    expect(made).toEqual([0, 1]);
  });

  it('refuses other cursors and empty epochs', () => {
    expect(() => source.read({ position: 1 }, 1)).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: The data cursor must hold an epoch and a position, got {"position":1}. Resume with the kind of data source that the run was started with.]`,
    );
    expect(() => source.read({ epoch: -1, position: 1 }, 1)).toThrow(
      'The data cursor must hold an epoch and a position',
    );
    const empty = epochSource({ fingerprint: 'f', examplesOf: () => [] });
    expect(() => empty.read(empty.start, 1)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: An epoch must have at least one example, got none in epoch 0. Add text.]`,
    );
  });
});
