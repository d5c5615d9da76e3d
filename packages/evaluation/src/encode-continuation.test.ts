import { describe, expect, it } from 'vitest';
import { encodeContinuation, idsOf } from './encode-continuation.ts';
import { tokenizer } from './fixtures/tiny-model.ts';

const encode = (context: string, continuation: string): ReturnType<typeof encodeContinuation> =>
  encodeContinuation(tokenizer, { context, continuation }, 7);

describe('encodeContinuation', () => {
  it('tokenizes context and continuation as one text', () => {
    const { ids, numTargets } = encode('the cat', ' sat');
    expect(ids).toEqual(idsOf(tokenizer, 'the cat sat'));
    expect(ids.slice(0, -numTargets)).toEqual(idsOf(tokenizer, 'the cat'));
    // Taken apart, the space would be a token of its own where the tokenizer knows " sat".
    expect(encode('the cat ', 'sat')).toEqual({ ids, numTargets });
    expect(idsOf(tokenizer, 'the cat ').length + idsOf(tokenizer, 'sat').length).toBeGreaterThan(ids.length);
  });

  it('takes the ids after as many as the context has alone, also where a token reaches over the seam', () => {
    const whole = idsOf(tokenizer, 'on the mat');
    const { ids, numTargets } = encode('on th', 'e mat');
    expect(ids).toEqual(whole);
    expect(numTargets).toBe(whole.length - idsOf(tokenizer, 'on th').length);
  });

  it('puts a token before a continuation without context', () => {
    const alone = idsOf(tokenizer, ' the cat');
    expect(encode('', ' the cat')).toEqual({ ids: [7, ...alone], numTargets: alone.length });
    expect(encode(' ', 'the cat')).toEqual({ ids: [7, ...alone], numTargets: alone.length });
  });

  it('refuses a continuation without tokens of its own', () => {
    expect(() => encode('the cat ', '')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: A continuation must have tokens of its own, got "". Give each choice a text, and begin it with a space where words are separated.]`,
    );
  });
});
