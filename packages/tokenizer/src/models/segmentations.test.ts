import { describe, expect, it } from 'vitest';
import { TokenBuffer } from '../token-buffer.ts';
import { bestSegmentations, sampleSegmentation } from './segmentations.ts';
import { Unigram } from './unigram.ts';

const PIECES: [string, number][] = [
  ['<unk>', 0],
  ['a', -1],
  ['b', -2],
  ['ab', -2.5],
  ['aa', -3],
];
const model = new Unigram({ pieces: PIECES, unknownId: 0 });

describe('bestSegmentations', () => {
  it('orders all segmentations by score', () => {
    expect(bestSegmentations(model, 'aab', 10)).toEqual([
      { ids: [1, 3], score: -3.5 },
      { ids: [1, 1, 2], score: -4 },
      { ids: [4, 2], score: -5 },
    ]);
  });

  it('begins with what the model itself takes', () => {
    const out = new TokenBuffer();
    model.tokenize('abaab', out);
    expect(bestSegmentations(model, 'abaab', 1)[0]?.ids).toEqual([...out.ids.subarray(0, out.length)]);
  });

  it('scores unknown characters, or refuses them', () => {
    expect(bestSegmentations(model, 'ax', 1)).toEqual([{ ids: [1, 0], score: -14 }]);
    expect(() => bestSegmentations(new Unigram({ pieces: PIECES }), 'x', 1)).toThrow(
      'USAGE: a model without an unknown token must know every character, got the word "x".',
    );
  });
});

describe('sampleSegmentation', () => {
  it('draws in proportion to the likelihood', () => {
    const counts = new Map<string, number>();
    const numDraws = 3000;
    for (let draw = 0; draw < numDraws; draw++) {
      // Two uniform numbers per draw, spread evenly over the square.
      const numbers = [(draw * 0.754877666) % 1, (draw * 0.569840296) % 1, 0.5];
      const { ids } = sampleSegmentation(model, 'aab', { random: () => numbers.shift() ?? 0.5 });
      counts.set(ids.join(' '), (counts.get(ids.join(' ')) ?? 0) + 1);
    }
    const weights = [-3.5, -4, -5].map(Math.exp);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (const [index, ids] of ['1 3', '1 1 2', '4 2'].entries()) {
      expect((counts.get(ids) ?? 0) / numDraws).toBeCloseTo((weights[index] ?? 0) / sum, 1);
    }
  });
});
