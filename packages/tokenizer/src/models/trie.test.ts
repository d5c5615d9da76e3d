import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toUnits } from '../units.ts';
import { Trie } from './trie.ts';

function valueOf(trie: Trie, text: string): number | undefined {
  let node = trie.first(text.charCodeAt(0));
  for (let at = 1; node !== -1 && at < text.length; at++) node = trie.next(node, text.charCodeAt(at));
  const value = node === -1 ? -1 : trie.valueAt(node);
  return value === -1 ? undefined : value;
}

describe('Trie', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', '\u4e2d', '\uffff', '\ud800'), minLength: 1, maxLength: 6 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
  );

  it('holds what a map holds, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.nat())), fc.array(text), (entries, others) => {
        const trie = Trie.ofStrings(entries);
        const expected = new Map(entries);
        for (const key of [...expected.keys(), ...others]) expect(valueOf(trie, key)).toBe(expected.get(key));
      }),
      { numRuns: 500 },
    );
  });

  it('finds the longest sequence that others begin with', () => {
    fc.assert(
      fc.property(fc.array(text), text, (keys, other) => {
        const trie = new Trie(
          keys.map((key, index) => [toUnits(key), index]),
          0x10000,
        );
        const longest = keys.filter((key) => other.startsWith(key)).sort((a, b) => b.length - a.length)[0];
        const expected = longest === undefined ? -1 : keys.lastIndexOf(longest);
        expect(trie.longest(Int32Array.from(toUnits(other)), 0, other.length)).toBe(expected);
      }),
    );
  });

  it('lays out children that lie far apart', () => {
    // Each of 40,000 symbols begins sequences that go on with symbols far from one another.
    const entries = Array.from({ length: 80_000 }, (_, index): [string, number] => [
      String.fromCharCode(index >> 1, (index * 40_503) & 0xffff),
      index,
    ]);
    const trie = Trie.ofStrings(entries);
    expect(entries.every(([key, value]) => valueOf(trie, key) === value)).toBe(true);
  });
});
