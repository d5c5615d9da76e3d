import { Tokenizer } from '@cloze/tokenizer';
import { describe, expect, it } from 'vitest';
import { trainElmoVocabulary } from './tokenizer.ts';

describe('trainElmoVocabulary', () => {
  const tokenizer = trainElmoVocabulary(['b a b .', 'b a c'], { vocabSize: 6 });
  const tokensOf = ({ vocabSize }: Tokenizer): (string | undefined)[] =>
    Array.from({ length: vocabSize }, (_, id) => tokenizer.idToToken(id));

  it('orders words by frequency, after the tokens of bilm-tf', () => {
    expect(tokensOf(tokenizer)).toEqual(['</S>', '<S>', '<UNK>', 'b', 'a', '.']);
  });

  it('marks sentences and stands in for rare words', () => {
    expect(tokenizer.encode('a c').tokens).toEqual(['<S>', 'a', '<UNK>', '</S>']);
    expect([...tokenizer.encodeToIds('a b', { addSpecialTokens: false })]).toEqual([4, 3]);
    expect(tokenizer.encode('a', { pair: 'b' }).tokens).toEqual(['<S>', 'a', '</S>', '<S>', 'b', '</S>']);
  });

  it('is a tokenizer.json like any other', () => {
    const read = Tokenizer.fromJson(tokenizer.toJson());
    expect(tokensOf(read)).toEqual(tokensOf(tokenizer));
    expect(read.encode('a b .').ids).toEqual(tokenizer.encode('a b .').ids);
  });
});
