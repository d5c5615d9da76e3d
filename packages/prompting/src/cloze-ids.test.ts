import { describe, expect, it } from 'vitest';
import { clozeIds, wordIds } from './cloze-ids.ts';
import { byteLevelBpe, unigram, wordPiece } from './fixtures/tiny-tokenizers.ts';
import { template } from './template.ts';

const review = template('{text} it was ___.');

describe('clozeIds', () => {
  it('puts the token of the blank where it belongs', () => {
    const options = { tokenizer: wordPiece, blankToken: '[MASK]', addSpecialTokens: true };
    const { ids, blankPosition } = clozeIds(review.fill({ text: 'the food.' }), options);
    expect(ids.map((id) => wordPiece.idToToken(id))).toEqual([
      '[CLS]',
      'the',
      'food',
      '.',
      'it',
      'was',
      '[MASK]',
      '.',
      '[SEP]',
    ]);
    expect(blankPosition).toBe(6);
  });

  it('finds the blank behind masks that belong to the text', () => {
    const options = { tokenizer: wordPiece, blankToken: '[MASK]', addSpecialTokens: false };
    expect(clozeIds(review.fill({ text: '[MASK] [MASK]' }), options).blankPosition).toBe(4);
  });

  it('refuses prompts without one blank, and tokens that nobody knows', () => {
    const options = { tokenizer: wordPiece, blankToken: '[MASK]', addSpecialTokens: true };
    expect(() => clozeIds({ pieces: ['none'] }, options)).toThrow('A prompt must have one blank, got none in "none".');
    expect(() =>
      clozeIds(review.fill({ text: '' }), { ...options, blankToken: '<mask>' }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: The tokenizer must know the token <mask>; it does not. Use the tokenizer that belongs to the model.]`,
    );
    // "##s" is a token, but not one that text is made of.
    const piece =
      Array.from({ length: wordPiece.vocabSize }, (_, id) => wordPiece.idToToken(id)).find((token) =>
        token?.startsWith('##'),
      ) ?? '';
    expect(() => clozeIds(review.fill({ text: '' }), { ...options, blankToken: piece })).toThrow(
      'must be kept by the tokenizer; it is not in the ids of',
    );
  });
});

describe('wordIds', () => {
  const tokensOf = (tokenizer: typeof wordPiece, before: string, word: string): (string | undefined)[] =>
    wordIds(tokenizer, before, word).map((id) => tokenizer.idToToken(id));

  it('gives a word the space before it where tokenizers expect it', () => {
    expect(tokensOf(wordPiece, 'it was ', 'great')).toEqual(['great']);
    expect(tokensOf(byteLevelBpe, 'it was ', 'great').join('|')).toMatch(/^\u0120/);
    expect(tokensOf(byteLevelBpe, 'it was ', 'great').join('')).toBe('\u0120great');
    expect(tokensOf(byteLevelBpe, '(', 'great').join('')).toBe('great');
    expect(tokensOf(unigram, 'it was ', 'great').join('')).toBe('\u2581great');
    expect(tokensOf(unigram, '', 'great').join('')).toBe('\u2581great');
  });

  it('refuses a word without tokens', () => {
    expect(() => wordIds(wordPiece, 'it was ', ' ')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: A word must have tokens of its own after "it was ", got " ". Write a space in the template before the blank.]`,
    );
  });
});
