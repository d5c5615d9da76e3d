import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { compareMethods, QUICK, type Result } from './compare-methods.ts';

/** Films that one word makes good or bad. */
const ROWS = Array.from({ length: 64 }, (_, index) => {
  const label = index % 2 === 0 ? '1' : '0';
  const word = (label === '1' ? ['warm', 'funny', 'a joy'] : ['cold', 'boring', 'a bore'])[index % 3] ?? '';
  return { text: `this ${['film', 'play', 'book'][Math.floor(index / 6) % 3] ?? ''} is ${word}`, label };
});

describe('compareMethods', () => {
  leaksNoTensors();

  it('fills the table', async () => {
    const results: Result[] = [];
    const data = { train: ROWS, dev: ROWS.slice(0, 16), otherTexts: ['Returns the number of elements.'] };
    await compareMethods(data, QUICK, (result) => {
      results.push(result);
    });
    expect(results.map(({ model }) => model)).toEqual([
      ...Array<string>(12).fill('gpt'),
      ...Array<string>(12).fill('bert'),
    ]);
    for (const { way, accuracy, interval, gain, numTrainable, numParameters, bytes } of results) {
      expect(interval.low).toBeLessThanOrEqual(accuracy);
      expect(interval.high).toBeGreaterThanOrEqual(accuracy);
      expect(gain === undefined).toBe(way === 'from scratch');
      expect(numTrainable).toBeLessThanOrEqual(numParameters);
      expect(bytes).toBeGreaterThan(0);
    }
    const trained = Object.fromEntries(
      results.map(({ model, way, numTrainable, numParameters }) => [`${model} ${way}`, numTrainable / numParameters]),
    );
    expect(trained['bert full']).toBe(1);
    expect(trained['bert LoRA']).toBeLessThan(0.2);
  }, 240_000);
});
