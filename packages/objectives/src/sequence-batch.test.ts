import { describe, expect, it } from 'vitest';
import { sequenceBatch } from './sequence-batch.ts';

describe('sequenceBatch', () => {
  it('pads to a fixed length where there is one', () => {
    const batch = sequenceBatch('test', [{ inputIds: [4] }], { padTokenId: 9, sequenceLength: 3 });
    expect(batch).toEqual({
      inputIds: { data: Int32Array.of(4, 9, 9), shape: [1, 3] },
      attentionMask: { data: Int32Array.of(1, 0, 0), shape: [1, 3] },
      tokenTypeIds: { data: Int32Array.of(0, 0, 0), shape: [1, 3] },
    });
  });

  it('refuses what is longer', () => {
    expect(() =>
      sequenceBatch('test', [{ inputIds: [4] }, { inputIds: [1, 2, 3, 4] }], { padTokenId: 9, sequenceLength: 3 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: test: example 1 must have at most 3 tokens, got 4. Correct the data, or the settings of the objective.]`,
    );
  });
});
