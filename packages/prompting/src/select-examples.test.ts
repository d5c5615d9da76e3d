import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { lexicalSimilarities } from './lexical-similarity.ts';
import { balancedExamples, firstExamples, nearestExamples, randomExamples } from './select-examples.ts';

const examples = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'];
const key = RandomKey.fromSeed(3);

describe('choosing examples', () => {
  it('takes the first', () => {
    expect(firstExamples(examples, 2)).toEqual(['a1', 'a2']);
    expect(firstExamples(examples, 0)).toEqual([]);
  });

  it('takes random ones: with one key the same ones, and more where more are asked for', () => {
    const five = randomExamples(examples, 5, key);
    expect(new Set(five).size).toBe(5);
    expect(randomExamples(examples, 3, key)).toEqual(five.slice(0, 3));
    expect(randomExamples(examples, 7, RandomKey.fromSeed(4))).not.toEqual(randomExamples(examples, 7, key));
  });

  it('takes as many of each label, as far as there are any', () => {
    const labelOf = (example: string): string => example.charAt(0);
    expect(balancedExamples(examples, 6, { labelOf })).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    const random = balancedExamples(examples, 3, { labelOf, key });
    expect(random.map(labelOf).toSorted()).toEqual(['a', 'b', 'c']);
    expect(random).toEqual(balancedExamples(examples, 3, { labelOf, key }));
  });

  it('takes the most similar ones, the most similar one last', () => {
    const texts = ['the cat sat', 'a dog barked', 'the cat and the dog', 'rain'];
    const textOf = (text: string): string => text;
    // Both share two words with the query, but "a" is rarer than "cat", and the text is shorter.
    expect(nearestExamples(texts, 2, { query: 'A cat, a dog!', textOf })).toEqual([
      'the cat and the dog',
      'a dog barked',
    ]);
    const byLength = (query: string, given: readonly string[]): number[] =>
      given.map((text) => -Math.abs(text.length - query.length));
    expect(nearestExamples(texts, 1, { query: 'snow', textOf, similarities: byLength })).toEqual(['rain']);
  });

  it('refuses to show more than there are', () => {
    expect(() => firstExamples(examples, 8)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: The number of examples to show must be a whole number from 0 to 7, the number of examples, got 8. Show fewer, or give more to choose from.]`,
    );
    for (const count of [8, -1, 1.5]) {
      expect(() => randomExamples(examples, count, key)).toThrow('The number of examples to show');
      expect(() => balancedExamples(examples, count, { labelOf: String })).toThrow('The number of examples to show');
      expect(() => nearestExamples(examples, count, { query: '', textOf: String })).toThrow('The number of examples');
    }
  });
});

describe('lexicalSimilarities', () => {
  it('is BM25 of the common words', () => {
    // "cat" stands in two of three texts, "dog" in one; the texts have 3, 1 and 4 words.
    const similarities = lexicalSimilarities('Cat dog cat', ['the cat sat', 'dog!', 'cat, cat; a CAT']);
    const [cat, dog] = [Math.log(1 + 1.5 / 2.5), Math.log(1 + 2.5 / 1.5)];
    const saturated = (count: number, length: number): number =>
      (count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / (8 / 3)));
    expect(similarities[0]).toBeCloseTo(cat * saturated(1, 3), 12);
    expect(similarities[1]).toBeCloseTo(dog * saturated(1, 1), 12);
    expect(similarities[2]).toBeCloseTo(cat * saturated(3, 4), 12);
  });

  it('is 0 without common words', () => {
    expect(lexicalSimilarities('x', ['y', ''])).toEqual([0, 0]);
    expect(lexicalSimilarities('', ['y'])).toEqual([0]);
    expect(lexicalSimilarities('x', [])).toEqual([]);
  });
});
