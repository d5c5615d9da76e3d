import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import {
  droppedTokens,
  independentSpans,
  maskedOrRandomTokens,
  maskedTokens,
  prefixes,
  randomSpans,
  regularSpans,
  shuffledTokens,
  type Corruption,
} from './corruptions.ts';

const key = RandomKey.fromSeed(1);
const sentinels = { firstSentinelId: 32099, numSentinels: 200 };
const text = Int32Array.from({ length: 568 }, (_, index) => 3 + ((index * 7) % 900));
const isSentinel = (id: number): boolean => id > 32099 - 200;

/** Puts what the target says in the place of each sentinel. */
function restored(corrupt: Corruption, ids: Int32Array): number[] {
  const { sourceIds, targetIds } = corrupt(ids, key);
  const spans = new Map<number, number[]>();
  let span: number[] = [];
  for (const id of Array.from(targetIds)) {
    if (isSentinel(id)) spans.set(id, (span = []));
    else span.push(id);
  }
  return Array.from(sourceIds).flatMap((id) => (isSentinel(id) ? (spans.get(id) ?? []) : [id]));
}

describe('spans', () => {
  it('are replaced by descending sentinels, and the target holds each after its sentinel', () => {
    const { sourceIds, targetIds } = randomSpans(sentinels)(text, key);
    const found = Array.from(sourceIds).filter(isSentinel);
    expect(found).toEqual(Array.from({ length: 28 }, (_, span) => 32099 - span));
    expect(Array.from(targetIds).filter(isSentinel)).toEqual(found);
    expect([sourceIds.length, targetIds.length]).toEqual([568 - 85 + 28, 85 + 28]);
    expect([targetIds[0], isSentinel(sourceIds[0] ?? 0)]).toEqual([32099, false]);
  });

  it.each([
    ['randomSpans', randomSpans(sentinels)],
    ['independentSpans', independentSpans(sentinels)],
    ['regularSpans', regularSpans(sentinels)],
  ])('of %s and what is kept make the text', (_, corrupt) => {
    // This key begins with a kept token in all three.
    expect(corrupt(text, key).sourceIds[0]).toBe(text[0]);
    expect(restored(corrupt, text)).toEqual([...text]);
  });

  it('need a sentinel each', () => {
    const corrupt = randomSpans({ firstSentinelId: 99, numSentinels: 27 });
    expect(() => corrupt(text, key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: A text must have at most 27 spans, one per sentinel, got 28 in 568 tokens. Cut the text into shorter pieces, or give the tokenizer more sentinels.]`,
    );
  });
});

describe('tokens', () => {
  it('are dropped', () => {
    const { sourceIds, targetIds } = droppedTokens()(text, key);
    expect(targetIds.length / 568).toBeCloseTo(0.15, 1);
    expect(sourceIds.length + targetIds.length).toBe(568);
  });

  it('are masked', () => {
    const { sourceIds, targetIds } = maskedTokens(sentinels)(text, key);
    const kept = Array.from(sourceIds).filter((id, index) => id === text[index]);
    expect(Array.from(sourceIds).filter((id) => id === 32099).length + kept.length).toBe(568);
    expect(Array.from(targetIds)).toEqual([...text]);
  });

  it('are masked or random, nine to one, and random ones are ordinary tokens', () => {
    const long = new Int32Array(100_000).fill(5);
    const { sourceIds } = maskedOrRandomTokens(sentinels)(long, key);
    const changed = Array.from(sourceIds).filter((id) => id !== 5);
    const random = changed.filter((id) => id !== 32099);
    expect(changed.length / 100_000).toBeCloseTo(0.15, 2);
    expect(random.length / changed.length).toBeCloseTo(0.1, 2);
    expect(Math.min(...random)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...random)).toBeLessThan(32100);
  });

  it('change places', () => {
    const { sourceIds, targetIds } = shuffledTokens()(text, key);
    expect(Array.from(sourceIds)).not.toEqual([...text]);
    expect(Array.from(sourceIds).toSorted((a, b) => a - b)).toEqual([...text].toSorted((a, b) => a - b));
    expect(Array.from(targetIds)).toEqual([...text]);
    const few = Array.from(shuffledTokens({ noiseDensity: 0.2 })(text, key).sourceIds);
    expect(few.filter((id, index) => id === text[index]).length / 568).toBeGreaterThan(0.7);
  });
});

describe('prefixes', () => {
  it('and what follows make the text', () => {
    const { sourceIds, targetIds } = prefixes()(text, key);
    expect([...Array.from(sourceIds), ...Array.from(targetIds)]).toEqual([...text]);
    expect(Math.min(sourceIds.length, targetIds.length)).toBeGreaterThan(0);
  });
});
