import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GPT2_PATTERN, gpt2WordEnd } from '../pre-tokenizers/gpt2-words.ts';
import { toUnits } from '../units.ts';
import { GPT4_PATTERN, gpt4WordEnd, QWEN_PATTERN, qwenWordEnd } from '../pre-tokenizers/gpt4-words.ts';
import { Draw } from '../fixtures/mutate.ts';
import { RegexPattern } from './regex-pattern.ts';

function matches(pattern: string, text: string): string[] {
  const found: string[] = [];
  new RegexPattern(pattern).forEachMatch(text, (start, end) => found.push(text.slice(start, end)));
  return found;
}

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...Array.from(" \n\r\t'sStTrReEvVlLmMdD1234-.,!\u017f\u00a0\u0130\u4e2d\u0301")),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 40,
});

/** Alternatives and repeats inside each other: what makes backtracking explode. */
function randomPattern(draw: Draw, depth: number): string {
  if (depth === 0) return draw.one(['a', 'b', '[ab]', '.', '\\w', '\\s', '[^b]', '!', '$', '\\b', 'x']);
  const part = (): string => randomPattern(draw, depth - 1);
  return draw.one([
    () => `(?:${part()}|${part()})`,
    () => `${part()}${part()}`,
    () => `(${part()})${draw.one(['*', '+', '?', '*?', '+?', '{2,5}', '{3}'])}`,
    () => `(?:${part()}${part()})${draw.one(['*', '+'])}`,
    () => part(),
  ])();
}

describe('RegexPattern', () => {
  it.each([
    ['a|ab', 'ab', ['a']],
    ['ab|a', 'aab', ['a', 'ab']],
    ['a*?b', 'aab', ['aab']],
    ['(?:ab)+', 'ababa', ['abab']],
    ['a{2,3}', 'aaaaa', ['aaa', 'aa']],
    ['a{2}?a', 'aaa', ['aaa']],
    ['[^a-c\\d]+', 'abcxyz12-', ['xyz', '-']],
    ['\\p{Lu}\\p{Ll}+', 'FooBar', ['Foo', 'Bar']],
    ['\\s+(?!\\S)', 'a   b  ', ['  ', '  ']],
    ['(?<=a)b', 'abcb', ['b']],
    ['(?i:ab)', 'aBAb', ['aB', 'Ab']],
    ['\\bcat\\b', 'cat concat cat', ['cat', 'cat']],
    ['[a-z]++1?', 'ab1cd', ['ab1', 'cd']],
    ['', 'ab', ['', '', '']],
    ['(a*)*', 'aab', ['aa', '']],
    ['\\b', '\u{1d400}\u{1f600}', ['', '']],
    ['^a', 'a\na', ['a', 'a']],
    ['\\x{1F600}', 'x\u{1f600}', ['\u{1f600}']],
  ])('%s finds in %j', (pattern, input, expected) => {
    expect(matches(pattern, input)).toEqual(expected);
  });

  it.each([
    [GPT2_PATTERN, gpt2WordEnd],
    [GPT4_PATTERN, gpt4WordEnd],
    [QWEN_PATTERN, qwenWordEnd],
  ])('agrees with the scanner written by hand: %s', (pattern, wordEnd) => {
    const compiled = new RegexPattern(pattern);
    fc.assert(
      fc.property(text, (input) => {
        const byPattern: string[] = [];
        compiled.forEachMatch(input, (start, end) => byPattern.push(input.slice(start, end)));
        const units = toUnits(input);
        const byHand: string[] = [];
        for (let start = 0; start < input.length;) {
          const end = wordEnd(units, start, input.length);
          byHand.push(input.slice(start, end));
          start = end;
        }
        expect(byHand).toEqual(byPattern);
      }),
      { numRuns: 3000 },
    );
  });

  it.each(['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*)*x', 'a[^b]*b|a', '(a*)*b', '(x+x+)+y', '(\\w+\\s?)+$'])(
    'takes linear time where backtracking would explode: %s',
    (pattern) => {
      const compiled = new RegexPattern(pattern);
      // A pattern that backtracks would be at it for ever; the time limit of the test ends it.
      let numMatches = 0;
      compiled.forEachMatch(`${'a'.repeat(64_000)}!`, () => numMatches++);
      expect(numMatches).toBeLessThanOrEqual(64_001);
    },
  );

  it('takes linear time for random patterns, or refuses them', () => {
    const seed = Number(process.env['CLOZE_SEED'] ?? 20261125);
    console.info(`200 random patterns: CLOZE_SEED=${seed}`);
    const draw = new Draw(seed);
    let numRead = 0;
    for (let count = 0; count < 200; count++) {
      const pattern = randomPattern(draw, 4);
      let compiled: RegexPattern;
      try {
        compiled = new RegexPattern(pattern);
      } catch (error) {
        expect(error).toMatchObject({ code: 'TOKENIZER_PATTERN' });
        continue;
      }
      numRead++;
      const before = process.cpuUsage();
      compiled.forEachMatch(`${'ab'.repeat(8000)}!`, () => undefined);
      const { user, system } = process.cpuUsage(before);
      expect({ pattern, isFast: user + system < 2e6 }).toEqual({ pattern, isFast: true });
    }
    expect(numRead).toBeGreaterThan(100);
  });

  it.each([
    '(a',
    'a)',
    '[a',
    '*a',
    'a{3,2}',
    '(?P<n>a)',
    '\\1',
    '(?=ab)',
    '\\p{Nonsense}',
    'a\\',
    '(?:ab)*+',
    'a{99999}',
    '(?>a)',
  ])('refuses %s', (pattern) => {
    expect(() => new RegexPattern(pattern)).toThrow(
      expect.objectContaining({ code: 'TOKENIZER_PATTERN', exitCode: 3 }),
    );
  });
});
