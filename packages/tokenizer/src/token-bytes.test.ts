import { describe, expect, it } from 'vitest';
import { ByteFallbackDecoder } from './decoders/byte-fallback.ts';
import { FuseDecoder } from './decoders/fuse.ts';
import { ReplaceDecoder } from './decoders/replace.ts';
import { SequenceDecoder } from './decoders/sequence.ts';
import { WordPieceDecoder } from './decoders/word-piece.ts';
import { LiteralPattern } from './patterns/literal-pattern.ts';
import { Vocabulary } from './models/vocabulary.ts';
import { WordLevel } from './models/word-level.ts';
import { tokenBytes } from './token-bytes.ts';
import { Tokenizer } from './tokenizer.ts';
import { trainByteLevelBpe } from './trainers/byte-level-bpe.ts';

function textsOf(tokenizer: Tokenizer): (string | undefined)[] {
  return tokenBytes(tokenizer).map((bytes) => bytes && new TextDecoder().decode(bytes));
}

describe('tokenBytes', () => {
  it('spells byte-level tokens as bytes, together what was encoded', () => {
    const tokenizer = trainByteLevelBpe(['naïve café, naïve café: \u{1f600}\n'], { vocabSize: 270 });
    const bytes = tokenBytes(tokenizer);
    const text = ' naïve \u{1f600}\n';
    const joined = tokenizer.encode(text).ids.reduce<number[]>((all, id) => [...all, ...(bytes[id] ?? [])], []);
    expect(new TextDecoder().decode(Uint8Array.from(joined))).toBe(text);
  });

  it('knows spaces, continued words, single bytes and added tokens', () => {
    const model = new WordLevel({
      vocabulary: Vocabulary.fromTokens(['[UNK]', 'un', '##able', '▁so', '<0x0A>']),
      unknownToken: '[UNK]',
    });
    const addedTokens = [
      { id: 0, content: '[UNK]', special: true },
      { id: 5, content: 'plain', special: false },
    ];
    const wordPiece = new Tokenizer({ model, addedTokens, decoder: new WordPieceDecoder() });
    expect(textsOf(wordPiece).slice(0, 3)).toEqual([undefined, ' un', 'able']);
    const decoder = new SequenceDecoder([
      new ReplaceDecoder(new LiteralPattern('▁'), ' '),
      new ByteFallbackDecoder(),
      new FuseDecoder(),
    ]);
    const sentencePiece = new Tokenizer({ model, addedTokens, decoder });
    expect(textsOf(sentencePiece)).toEqual([undefined, 'un', '##able', ' so', '\n', 'plain']);
    expect(textsOf(new Tokenizer({ model }))[1]).toBe(' un');
  });
});
