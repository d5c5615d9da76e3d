import {
  trainByteLevelBpe,
  trainCharacters,
  trainEndOfWordBpe,
  trainUnigram,
  trainWordPiece,
  type Tokenizer,
} from '@cloze/tokenizer';

/** A way to cut text, and where it is used. */
export interface TokenizerKind {
  readonly name: string;
  readonly usedBy: string;
  readonly train: (texts: readonly string[], vocabSize: number) => Tokenizer;
}

/** The kinds that the playground shows beside each other. */
export const TOKENIZER_KINDS: readonly TokenizerKind[] = [
  {
    name: 'Byte-level BPE',
    usedBy: 'GPT-2, BART',
    train: (texts, vocabSize) => trainByteLevelBpe(texts, { vocabSize }),
  },
  {
    name: 'WordPiece',
    usedBy: 'BERT',
    train: (texts, vocabSize) => trainWordPiece(texts, { vocabSize, lowercase: true }),
  },
  { name: 'Unigram', usedBy: 'T5, GLM', train: (texts, vocabSize) => trainUnigram(texts, { vocabSize }) },
  {
    name: 'BPE with ends of words',
    usedBy: 'GPT-1',
    train: (texts, vocabSize) => trainEndOfWordBpe(texts, { vocabSize }),
  },
  { name: 'Characters', usedBy: 'small models', train: (texts) => trainCharacters(texts) },
];

/** A token and the text that it stands for. */
export interface Piece {
  readonly token: string;
  readonly id: number;
  /** In UTF-16 units, of the text. */
  readonly start: number;
  readonly end: number;
  /** Empty for tokens that stand for no text. */
  readonly text: string;
}

/** The pieces of a text, special tokens included. */
export function cut(tokenizer: Tokenizer, text: string): Piece[] {
  const { ids, tokens, offsets } = tokenizer.encode(text);
  return tokens.map((token, index) => {
    const [start, end] = offsets[index] ?? [0, 0];
    return { token, id: ids[index] ?? -1, start, end, text: text.slice(start, end) };
  });
}
