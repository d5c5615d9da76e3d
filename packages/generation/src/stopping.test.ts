import { describe, expect, it } from 'vitest';
import { StopTexts } from './stopping.ts';

/** What comes out of pieces, and whether it was stopped. */
function through(stops: readonly string[], pieces: readonly string[]): { texts: string[]; isStopped: boolean } {
  const stream = new StopTexts(stops);
  const texts: string[] = [];
  for (const piece of pieces) {
    const { text, isStopped } = stream.push(piece);
    texts.push(text);
    if (isStopped) return { texts, isStopped };
  }
  return { texts: [...texts, stream.finish()], isStopped: false };
}

describe('StopTexts', () => {
  it('cuts before a stop that comes in pieces', () => {
    expect(through(['END'], ['one E', 'N', 'D two'])).toEqual({ texts: ['one ', '', ''], isStopped: true });
  });

  it('gives out what only looked like a stop', () => {
    expect(through(['END'], ['one E', 'N', 'O', ' two E'])).toEqual({
      texts: ['one ', '', 'ENO', ' two ', 'E'],
      isStopped: false,
    });
  });

  it('takes the first of several', () => {
    expect(through(['two', '\n\n'], ['one\n\ntwo'])).toEqual({ texts: ['one'], isStopped: true });
  });

  it('lets everything through without stops', () => {
    expect(through([''], ['one', ' two'])).toEqual({ texts: ['one', ' two', ''], isStopped: false });
  });
});
