import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainByteLevelBpe } from '../trainers/byte-level-bpe.ts';
import { Bpe } from './bpe.ts';
import { SymbolMerger } from './symbol-merger.ts';
import { Vocabulary } from './vocabulary.ts';

/** All merges that a small alphabet allows, learned from random words: many ties and overlaps. */
function trainedOn(words: string[], vocabSize: number): Bpe {
  const { model } = trainByteLevelBpe(words, { vocabSize, minFrequency: 1, specialTokens: [] });
  if (!(model instanceof Bpe)) throw new Error('no BPE');
  return model;
}

function symbolsOf(model: Bpe, text: string): SymbolMerger {
  const merger = new SymbolMerger();
  for (const [at, character] of Array.from(text).entries())
    merger.push(model.vocabulary.id(character) ?? 0, at, at + 1);
  return merger;
}

describe('TokenWalker', () => {
  it('gives what merging by rank gives', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 3, maxLength: 40 }),
        fc.integer({ min: 260, max: 400 }),
        word,
        (words, vocabSize, text) => {
          const model = trainedOn(words, vocabSize);
          const byRank = symbolsOf(model, text + words.join(''));
          byRank.merge(model.rules);
          const walked = symbolsOf(model, text + words.join(''));
          model.walker?.walk(walked);
          expect(model.walker).toBeDefined();
          expect([...walked.ids.subarray(0, walked.length)]).toEqual([...byRank.ids.subarray(0, byRank.length)]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is not there for merges that training does not make', () => {
    const vocabulary = Vocabulary.fromTokens(['a', 'b', 'c', 'ab', 'bc', 'abc']);
    const merges: [string, string][] = [
      ['a', 'b'],
      ['b', 'c'],
      ['ab', 'c'],
      ['a', 'bc'],
    ];
    expect(new Bpe({ vocabulary, merges }).walker).toBeUndefined();
  });
});
