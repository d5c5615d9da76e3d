import { describe, expect, it } from 'vitest';
import { cut, TOKENIZER_KINDS } from './cut-text.ts';

const TEXTS = ['The quick brown fox jumps over the lazy dog.', 'A layer knows nothing of the layers above it.'];

describe('cut', () => {
  it.each(TOKENIZER_KINDS)('$name: pieces cover the text and know where they stand', ({ train }) => {
    const text = 'the fox knows the layers';
    const pieces = cut(train(TEXTS, 200), text);
    const covered = new Set(
      pieces.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at)),
    );
    expect(Array.from(text).filter((letter, at) => letter !== ' ' && !covered.has(at))).toEqual([]);
    for (const { start, end, text: piece } of pieces) expect(text.slice(start, end)).toBe(piece);
  });
});
