import { describe, expect, it } from 'vitest';
import { frameSegments } from './framed-sequence.ts';

const tokens = { clsTokenId: 101, sepTokenId: 102, padTokenId: 0 };
const settings = { name: 'test', sequenceLength: 8 };

describe('frameSegments', () => {
  it('puts special tokens around one or two segments', () => {
    expect(frameSegments([[5, 6]], tokens, settings)).toEqual({
      inputIds: Int32Array.of(101, 5, 6, 102),
      tokenTypeIds: Int32Array.of(0, 0, 0, 0),
    });
    expect(frameSegments([[5, 6], Uint16Array.of(7, 8, 9)], tokens, settings)).toEqual({
      inputIds: Int32Array.of(101, 5, 6, 102, 7, 8, 9, 102),
      tokenTypeIds: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1),
    });
  });

  it('refuses what is empty or too long', () => {
    expect(() => frameSegments([[5], []], tokens, settings)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: test: a segment must have at least one token, got an empty one. Leave empty texts out.]`,
    );
    expect(() =>
      frameSegments(
        [
          [1, 2, 3, 4],
          [5, 6],
        ],
        tokens,
        settings,
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: test: a sequence must have at most 8 tokens with [CLS] and [SEP], got 9. Cut texts to 5 tokens, or raise sequenceLength.]`,
    );
  });
});
