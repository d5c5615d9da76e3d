import { describe, expect, it } from 'vitest';
import { wordToCharacterIds } from './elmo-characters.ts';

describe('wordToCharacterIds', () => {
  it('puts markers around the bytes and pads to 50', () => {
    expect([...wordToCharacterIds('hé')].slice(0, 7)).toEqual([259, 105, 196, 170, 260, 261, 261]);
    expect(wordToCharacterIds('h')).toHaveLength(50);
  });

  it('has one character for each sentence marker', () => {
    expect([...wordToCharacterIds('<S>')].slice(0, 4)).toEqual([259, 257, 260, 261]);
    expect([...wordToCharacterIds('</S>')].slice(0, 4)).toEqual([259, 258, 260, 261]);
  });

  it('cuts long words in bytes', () => {
    const ids = wordToCharacterIds('x'.repeat(60));
    expect([ids[48], ids[49]]).toEqual([121, 260]);
  });
});
