import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tokenizer } from './tokenizer.ts';
import { trainByteLevelBpe } from './trainers/byte-level-bpe.ts';
import { trainCharacters } from './trainers/characters.ts';
import { trainUnigram } from './trainers/unigram.ts';
import { trainWordLevel } from './trainers/word-level.ts';
import { trainWordPiece } from './trainers/word-piece.ts';

const LINES = [
  'The quick brown fox jumps over the lazy dog.',
  "It's the dog that didn't jump, wasn't it? The fox did!",
  'Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.',
  'いろはにほへと ちりぬるを 上下文 语义 表示',
  'if (a < b) { return a + 1; } // 12345 == 67890',
];

const bpe = trainByteLevelBpe(LINES, { vocabSize: 400, minFrequency: 1 });
const wordPiece = trainWordPiece(LINES, { vocabSize: 250, minFrequency: 1 });
const unigram = trainUnigram(LINES, { vocabSize: 130 });
const characters = trainCharacters(LINES);
const words = trainWordLevel(LINES);

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...LINES.join(' ').split(/(?=\W)/)),
        fc.constantFrom(
          ' ',
          '  ',
          '\n',
          '\u0301',
          '\ud800',
          '\udc00',
          '\u00a0',
          '<unk>',
          '[SEP]',
          '<|endoftext|>',
          '\u2581',
          '一',
          'ﬁ',
          '½',
        ),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);

describe('Tokenizer', () => {
  it('gives any string back through byte-level BPE, lone surrogates included', () => {
    const any16 = fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      maxLength: 80,
    });
    fc.assert(
      fc.property(fc.oneof(anyText, any16), (text) => {
        expect(bpe.decode(bpe.encodeToIds(text), { skipSpecialTokens: false })).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['byte-level BPE', bpe],
    ['byte-level BPE with a space in front', trainByteLevelBpe(LINES, { vocabSize: 400, addPrefixSpace: true })],
    ['WordPiece', wordPiece],
    ['WordPiece, cased', trainWordPiece(LINES, { vocabSize: 250, lowercase: false })],
    ['Unigram', unigram],
    ['characters', characters],
    ['words', words],
  ])('finds the same ids with and without offsets: %s', (_, tokenizer) => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, addSpecialTokens) => {
        const encoding = tokenizer.encode(text, { addSpecialTokens });
        expect([...tokenizer.encodeToIds(text, { addSpecialTokens })]).toEqual([...encoding.ids]);
        for (const [start, end] of encoding.offsets)
          expect(start >= 0 && start <= end && end <= text.length).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([bpe, wordPiece, unigram, characters, words])('is the same after writing and reading', (tokenizer) => {
    const again = Tokenizer.fromJson(tokenizer.toJson());
    expect(again.toJson()).toBe(tokenizer.toJson());
    for (const line of LINES) expect(again.encode(line)).toEqual(tokenizer.encode(line));
  });

  it('keeps a token named __proto__ apart from prototypes', () => {
    const tokenizer = trainWordLevel(['__proto__ constructor toString __proto__']);
    expect(tokenizer.encode('__proto__ constructor hasOwnProperty').tokens).toEqual([
      '__proto__',
      'constructor',
      '[UNK]',
    ]);
    expect(Tokenizer.fromJson(tokenizer.toJson()).tokenToId('__proto__')).toBe(1);
    expect(tokenizer.tokenToId('hasOwnProperty')).toBeUndefined();
  });

  it('finds added tokens as their flags say', () => {
    const tokenizer = words.with({
      addedTokens: [
        { id: 0, content: '[UNK]' },
        { id: 500, content: '<mask>', lstrip: true },
        { id: 501, content: 'fox', singleWord: true },
        { id: 502, content: '<s>', rstrip: true },
        { id: 503, content: '<s>>' },
      ],
    });
    const { tokens, offsets } = tokenizer.encode('The  <mask> foxy fox <s>  dog <s>> [UNK]');
    expect(tokens).toEqual(['The', '  <mask>', '[UNK]', 'fox', '<s>  ', 'dog', '<s>>', '[UNK]']);
    expect(offsets[1]).toEqual([3, 11]);
    expect(tokenizer.vocabSize).toBe(words.vocabSize + 3);
  });

  it('cuts long texts into windows that overlap', () => {
    const tokenizer = words.with({ truncation: { maxLength: 4, stride: 2 } });
    const encoding = tokenizer.encode('The quick brown fox jumps over');
    expect(encoding.tokens).toEqual(['The', 'quick', 'brown', 'fox']);
    expect(encoding.overflowing.map((part) => part.tokens)).toEqual([['brown', 'fox', 'jumps', 'over']]);
    expect(() => words.with({ truncation: { maxLength: 2, stride: 2 } }).encode('The quick brown')).toThrow(
      'USAGE: the stride (2) must be smaller than the length to keep (2).',
    );
  });

  it('truncates pairs by strategy', () => {
    const encode = (strategy: 'longest-first' | 'only-first' | 'only-second', maxLength: number): readonly string[] =>
      wordPiece.with({ truncation: { maxLength, strategy } }).encode('the the the the', { pair: 'fox' }).tokens;
    expect(encode('longest-first', 6)).toEqual(['[CLS]', 'the', 'the', '[SEP]', 'fox', '[SEP]']);
    expect(encode('only-first', 5)).toEqual(['[CLS]', 'the', '[SEP]', 'fox', '[SEP]']);
    expect(() => encode('only-second', 5)).toThrow(/^USAGE: only-second truncation must leave a token/);
    expect(() => encode('longest-first', 2)).toThrow('USAGE: truncation.maxLength (2) must hold the 3 special tokens.');
  });

  it('pads a batch to its longest text, or to a multiple', () => {
    const padding = { id: 0, token: '[PAD]', toMultipleOf: 4, direction: 'left' } as const;
    const batch = wordPiece.with({ padding }).encodeBatch(['the', ['the', 'fox']]);
    expect(batch.map(({ length }) => length)).toEqual([8, 8]);
    expect([...(batch[0]?.attentionMask ?? [])]).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect([...(batch[1]?.typeIds ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });

  it('counts offsets in UTF-16 units and in code points', () => {
    const encoding = characters.encode('a\u{1f600}b');
    expect(encoding.offsets).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
    ]);
    expect(encoding.codePointOffsets).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('encodes a long text without spaces', () => {
    // In quadratic time this would take hours.
    const text = 'thequickbrownfoxjumpsoverthelazydog'.repeat(40_000);
    for (const tokenizer of [bpe, wordPiece, unigram]) {
      expect(tokenizer.encodeToIds(text).length).toBeGreaterThan(0);
    }
  });
});
