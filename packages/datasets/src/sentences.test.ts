import { describe, expect, it } from 'vitest';
import { packSentences, splitSentences } from './sentences.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe('splitSentences', () => {
  it('takes a line as a sentence and an empty line as the end of a document', async () => {
    const text = ['\n\nOne.\r\nTw', 'o.\n \t\n\nThree.\n', '\n', 'Four. '];
    expect(await collect(splitSentences(text, 'a.txt'))).toEqual([['One.', 'Two.'], ['Three.'], ['Four.']]);
    expect(await collect(splitSentences(['\n \n'], 'a.txt'))).toEqual([]);
  });
});

describe('packSentences', () => {
  const encode = (text: string): number[] => Array.from(text.replaceAll('.', ''), (unit) => unit.charCodeAt(0) - 97);

  it('keeps sentences apart and all ids together', async () => {
    const documents = await packSentences([['ab', 'c'], ['d']], { encode, vocabSize: 26 });
    expect(documents).toEqual([[Uint16Array.of(0, 1), Uint16Array.of(2)], [Uint16Array.of(3)]]);
    expect(documents[1]?.[0]?.buffer).toBe(documents[0]?.[0]?.buffer);
  });

  it('leaves out what has no tokens', async () => {
    const documents = await packSentences([['a', '...', 'b'], ['.'], ['c']], { encode, vocabSize: 26 });
    expect(documents).toEqual([[Uint16Array.of(0), Uint16Array.of(1)], [Uint16Array.of(2)]]);
  });

  it('refuses ids outside of the vocabulary, and no text at all', async () => {
    await expect(packSentences([['az']], { encode, vocabSize: 2 })).rejects.toThrow(
      'Token ids must lie in [0, 2), got 25',
    );
    await expect(packSentences([], { encode, vocabSize: 2 })).rejects.toThrow('must hold at least one token');
  });
});
