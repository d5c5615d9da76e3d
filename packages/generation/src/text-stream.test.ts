import { trainByteLevelBpe } from '@cloze/tokenizer';
import { describe, expect, it } from 'vitest';
import { TextStream } from './text-stream.ts';

const tokenizer = trainByteLevelBpe(['the the the'], { vocabSize: 262 });

function streamed(ids: Iterable<number>): string[] {
  const stream = new TextStream(tokenizer);
  return [...Array.from(ids, (id) => stream.push(id)), stream.finish()];
}

describe('TextStream', () => {
  it('never cuts a character', () => {
    const text = 'the 🎉日本語 größer — the end 👩‍👩‍👧 ' + 'the same again '.repeat(20);
    const pieces = streamed(tokenizer.encode(text).ids);
    expect(pieces.join('')).toBe(text);
    for (const piece of pieces) {
      expect(piece).not.toContain('\ufffd');
      expect(piece).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it('gives out what is no character only at the end', () => {
    const ids = Array.from(tokenizer.encode('🎉').ids).slice(0, 2);
    const pieces = streamed(ids);
    expect(pieces.slice(0, 2)).toEqual(['', '']);
    expect(pieces[2]).toMatch(/^\ufffd+$/);
  });

  it('goes on after bytes that are no character', () => {
    const [lead = 0] = tokenizer.encode('🎉').ids;
    const rest = tokenizer.encode('the end').ids;
    expect(streamed([lead, ...rest]).join('')).toBe('\ufffdthe end');
  });
});
