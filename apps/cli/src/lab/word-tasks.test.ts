import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { pseudoWords, toWords } from './pseudo-words.ts';
import { wordTasks, type LabelledWord } from './word-tasks.ts';

const SENTENCES = Array.from({ length: 24 }, (_, index) =>
  toWords(`Number${index}: the ${index % 3 === 0 ? 'array' : 'event'} holds${index} values of ${letters(index)}.`),
);

describe('pseudoWords', () => {
  it('pairs neighbours in the order of frequency, without those that are too frequent or too short', () => {
    expect(pseudoWords(SENTENCES, { numWords: 1, mostFrequent: 23 })).toEqual([
      { text: 'eventarray', meanings: ['event', 'array'] },
    ]);
  });
});

describe('wordTasks', () => {
  const words = pseudoWords(SENTENCES, { numWords: 1, mostFrequent: 23 });
  const { texts, tasks } = wordTasks(SENTENCES, words, { mostExamples: 100, key: RandomKey.fromSeed(1) });
  const wordOf = ({ words: context, position }: LabelledWord): string => context[position] ?? '';

  it('hides which word stood there', () => {
    expect(texts.join(' ')).not.toMatch(/\b(array|event)\b/);
    expect([...tasks.meaning.train, ...tasks.meaning.test].map(wordOf)).toEqual(new Array(16).fill('eventarray'));
  });

  it('has both meanings equally often', () => {
    const labels = [...tasks.meaning.train, ...tasks.meaning.test].map(({ label }) => label);
    expect(labels.filter((label) => label === 1)).toHaveLength(8);
    expect(tasks.meaning.numLabels).toBe(2);
  });

  it('asks for the last letters of words that are not in the training set', () => {
    const seen = new Set(tasks.ending.train.map(wordOf));
    expect(tasks.ending.test.length).toBeGreaterThan(0);
    for (const word of tasks.ending.test) {
      expect(seen).not.toContain(wordOf(word));
      expect(String.fromCharCode(97 + word.label)).toBe(wordOf(word).slice(-1));
    }
  });
});

/** A word of four letters for each number. */
function letters(index: number): string {
  return `abc${String.fromCharCode(97 + index)}`;
}
