import { describe, expect, it } from 'vitest';
import { logitsProcessors, type ProcessorSettings, type SamplingSettings } from './logits-processors.ts';

function processed(
  settings: ProcessorSettings & SamplingSettings,
  scores: readonly number[],
  ids: readonly number[] = [],
  numNew = ids.length,
): number[] {
  const result = Float32Array.from(scores);
  for (const process of logitsProcessors(settings)) process(result, ids, numNew);
  return Array.from(result);
}

const NEVER = -Infinity;

describe('logitsProcessors', () => {
  it('changes nothing by default', () => {
    expect(processed({}, [1, -2, 3], [0, 1])).toEqual([1, -2, 3]);
    expect(logitsProcessors({ temperature: 0 })).toEqual([]);
  });

  it('penalizes what occurred, once', () => {
    expect(processed({ repetitionPenalty: 2 }, [1, -2, 3], [0, 1, 1])).toEqual([0.5, -4, 3]);
  });

  it('forbids n-grams that occurred', () => {
    expect(processed({ noRepeatNgramSize: 2 }, [1, 2, 3, 4], [0, 1, 0, 3, 0])).toEqual([1, NEVER, 3, NEVER]);
    expect(processed({ noRepeatNgramSize: 3 }, [1, 2, 3, 4], [0, 1, 2, 3, 0, 1])).toEqual([1, 2, NEVER, 4]);
    expect(processed({ noRepeatNgramSize: 1 }, [1, 2, 3, 4], [2, 0])).toEqual([NEVER, 2, NEVER, 4]);
    expect(processed({ noRepeatNgramSize: 3 }, [1, 2], [1])).toEqual([1, 2]);
  });

  it('lets nobody stop before there are enough new tokens', () => {
    const settings = { minTokens: 2, stopTokens: [0, 2] };
    expect(processed(settings, [1, 2, 3], [0, 1, 2], 1)).toEqual([NEVER, 2, NEVER]);
    expect(processed(settings, [1, 2, 3], [0, 1, 2], 2)).toEqual([1, 2, 3]);
  });

  it('forces the first token and the last one', () => {
    const settings = { forcedBosTokenId: 1, forcedEosTokenId: 2, maxTokens: 3 };
    expect(processed(settings, [1, 2, 3], [7], 0)).toEqual([NEVER, 0, NEVER]);
    expect(processed(settings, [1, 2, 3], [7, 1], 1)).toEqual([1, 2, 3]);
    expect(processed(settings, [1, 2, 3], [7, 1, 0], 2)).toEqual([NEVER, NEVER, 0]);
  });

  it('leaves the choice between allowed tokens, which it asks for by the new ones', () => {
    const allowedTokens = (newIds: readonly number[]): number[] => (newIds.length === 0 ? [0, 2] : newIds.slice(-1));
    expect(processed({ allowedTokens }, [1, 2, 3], [1, 1], 0)).toEqual([1, NEVER, 3]);
    expect(processed({ allowedTokens }, [1, 2, 3], [0, 1], 1)).toEqual([NEVER, 2, NEVER]);
  });

  it('divides by the temperature', () => {
    expect(processed({ temperature: 0.5 }, [1, -2])).toEqual([2, -4]);
  });

  it('keeps the k best, ties included', () => {
    expect(processed({ topK: 2 }, [1, 4, 3, 2])).toEqual([NEVER, 4, 3, NEVER]);
    expect(processed({ topK: 2 }, [1, 4, 3, 3])).toEqual([NEVER, 4, 3, 3]);
    expect(processed({ topK: 9 }, [1, 4])).toEqual([1, 4]);
  });

  it('keeps the likeliest tokens that reach the share', () => {
    const scores = [0.5, 0.3, 0.15, 0.05].map(Math.log);
    const kept = (topP: number): boolean[] => processed({ topP }, scores).map((score) => score > NEVER);
    expect(kept(0.4)).toEqual([true, false, false, false]);
    expect(kept(0.7)).toEqual([true, true, false, false]);
    expect(kept(0.9)).toEqual([true, true, true, false]);
    expect(kept(1e-9)).toEqual([true, false, false, false]);
    expect(processed({ topP: 0.7 }, [...scores].reverse()).map((score) => score > NEVER)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it.each([
    { repetitionPenalty: 0 },
    { noRepeatNgramSize: 1.5 },
    { temperature: -1 },
    { temperature: NaN },
    { topK: -1 },
    { minTokens: -1 },
    { maxTokens: 0.5 },
    { topP: 0 },
    { topP: 1.1 },
  ])('refuses %o', (settings) => {
    expect(() => logitsProcessors(settings)).toThrow(
      /^USAGE: Generation: \w+ must be .*, got .*\. Change the setting\.$/,
    );
  });
});
