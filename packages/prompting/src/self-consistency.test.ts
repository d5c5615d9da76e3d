import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { extractAnswer, NUMERIC_ANSWER, reasonedAnswer, THEREFORE } from './chain-of-thought.ts';
import { majority, selfConsistency, type TextSampler } from './self-consistency.ts';

describe('extractAnswer', () => {
  it('finds what a shown example ends with', () => {
    const shown = reasonedAnswer({ reasoning: 'There are 3 and 2 more.', answer: '5' });
    expect(shown).toBe('There are 3 and 2 more. The answer is 5.');
    expect(extractAnswer(shown)).toBe('5');
    expect(extractAnswer('The answer is 3.5 pounds. Q: The answer is 2.')).toBe('3.5 pounds');
    expect(extractAnswer('The answer is yes\nQ:')).toBe('yes');
    expect(extractAnswer(`Hm.\n${THEREFORE} no.`)).toBe('no');
    expect(extractAnswer('The answer is $1,000')).toBe('$1,000');
    expect(extractAnswer('I do not know.')).toBeUndefined();
  });

  it('takes any pattern, with the same result each time', () => {
    expect(extractAnswer('The answer is -1,200.50.', NUMERIC_ANSWER)).toBe('-1,200.50');
    const anyNumber = /\d+/g;
    expect([extractAnswer('7 or 8', anyNumber), extractAnswer('7 or 8', anyNumber)]).toEqual(['7', '7']);
  });
});

describe('majority', () => {
  it('counts the votes, and shares of all', () => {
    expect(majority(['5', '4', undefined, '4', '5', '6', '5', undefined])).toEqual([
      { answer: '5', count: 3, share: 3 / 8 },
      { answer: '4', count: 2, share: 2 / 8 },
      { answer: '6', count: 1, share: 1 / 8 },
    ]);
  });

  it('prefers what came first', () => {
    expect(majority(['b', 'a', 'a', 'b']).map(({ answer }) => answer)).toEqual(['b', 'a']);
  });
});

describe('selfConsistency', () => {
  // Says 4 in a third of all cases, and nothing in some.
  const sample: TextSampler = (numSamples, samplesKey) =>
    Promise.resolve(
      samplesKey.split(numSamples).map((own) => {
        const draw = own.integer(6);
        return draw === 0 ? 'Hm.' : `So it is. The answer is ${draw < 3 ? 4 : 5}.`;
      }),
    );
  const key = RandomKey.fromSeed(1);

  it('takes the answer that most samples come to', async () => {
    const { answer, votes, samples } = await selfConsistency(sample, { numSamples: 60, key });
    expect(answer).toBe('5');
    expect(samples).toHaveLength(60);
    expect(votes).toEqual(majority(samples.map((each) => each.answer)));
    expect(votes[0]?.share).toBeCloseTo(1 / 2, 0);
  });

  it('is a function of the key, and goes on with more samples', async () => {
    const eight = await selfConsistency(sample, { numSamples: 8, key });
    expect(await selfConsistency(sample, { numSamples: 8, key })).toEqual(eight);
    const sixteen = await selfConsistency(sample, { numSamples: 16, key });
    expect(sixteen.samples.slice(0, 8)).toEqual(eight.samples);
    const other = await selfConsistency(sample, { numSamples: 16, key: RandomKey.fromSeed(2) });
    expect(other.samples).not.toEqual(sixteen.samples);
  });

  it('has no answer where no sample has one', async () => {
    const silent: TextSampler = (numSamples) => Promise.resolve(new Array<string>(numSamples).fill('Hm.'));
    expect(await selfConsistency(silent, { numSamples: 2, key })).toMatchObject({ answer: undefined, votes: [] });
  });

  it('refuses no samples', async () => {
    await expect(selfConsistency(sample, { numSamples: 0, key })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: numSamples must be a whole number of at least 1, got 0. Sample 16 texts, for example.]`,
    );
  });
});
