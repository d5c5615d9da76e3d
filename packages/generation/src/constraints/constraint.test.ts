import { disposeModule, RandomKey } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { beamSearch } from '../beam-search.ts';
import { Decoder } from '../decoder.ts';
import { tinyGpt } from '../fixtures/tiny-gpt.ts';
import { generateBatch } from '../generate.ts';
import { Constraint, type ConstraintState } from './constraint.ts';

const encoder = new TextEncoder();
const END = 300;

/** All bytes, some longer tokens, and one that ends the text. */
const BYTES: readonly (Uint8Array | undefined)[] = [
  ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
  ...['aa', 'ab', 'abc', '12', '": "', '{"', '"}', 'é', 'ée', ', ', 'true', 'nul', '  '].map((text) =>
    encoder.encode(text),
  ),
  Uint8Array.of(0x61, 0xc3),
];
const TOKENS = { bytes: BYTES, endTokens: [END] };

const JSON_GRAMMAR = `
# RFC 8259, without exponents
root   ::= object
value  ::= object | array | string | number | ("true" | "false" | "null") ws
object ::= "{" ws (string ":" ws value ("," ws string ":" ws value)*)? "}" ws
array  ::= "[" ws (value ("," ws value)*)? "]" ws
string ::= "\\"" ([^"\\\\\\x00-\\x1f] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\\"" ws
number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ws
ws     ::= [ \\t\\n]{0,2}
`;

/** Whether a text can be written with single bytes, and is whole then. */
function accepts(constraint: Constraint, text: string): boolean {
  let state: ConstraintState | undefined = constraint.start;
  for (const byte of encoder.encode(text)) {
    if (state === undefined || constraint.allowedAfter(state)[byte] !== 1) return false;
    state = constraint.after(state, byte);
  }
  return state !== undefined && constraint.allowedAfter(state)[END] === 1;
}

/** A text of allowed tokens drawn at random; undefined when it does not end in time. */
function written(constraint: Constraint, key: RandomKey, maxTokens: number): string | undefined {
  let state: ConstraintState | undefined = constraint.start;
  const bytes: number[] = [];
  for (let index = 0; index < maxTokens && state !== undefined; index++) {
    const mask = constraint.allowedAfter(state);
    const allowed = Array.from(mask.keys()).filter((id) => mask[id] === 1);
    const [uniform = 0] = key.fold(index).uniform(1);
    const isOver = mask[END] === 1 && (uniform > 0.5 || allowed.length === 1);
    const id = isOver ? END : (allowed[Math.floor(uniform * allowed.length)] ?? 0);
    if (id === END) return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
    bytes.push(...(BYTES[id] ?? []));
    state = constraint.after(state, id);
  }
  return undefined;
}

const PATTERNS = [
  'yes|no',
  '[0-9]{3}-[0-9]{2,4}',
  '(a|ab)(c|bcd)*',
  '(?i:true)|nul+',
  '[^a]*a.?',
  '\\p{L}+é?\\s\\p{Nd}',
  '((a+)+|b*)*c?',
  'ünïcödé \u{1f600}{2}',
];

describe('Constraint.fromRegex', () => {
  it.each(PATTERNS)('%s lets only matching texts be written', (pattern) => {
    const constraint = Constraint.fromRegex(pattern, TOKENS);
    const expected = new RegExp(`^(?:${pattern.replace('(?i:true)', '[tT][rR][uU][eE]')})$`, 'u');
    const texts = Array.from({ length: 40 }, (_, seed) => written(constraint, RandomKey.fromSeed(seed), 30));
    const finished = texts.filter((text) => text !== undefined);
    expect(finished.length).toBeGreaterThan(5);
    for (const text of finished) {
      expect(text).toMatch(expected);
      expect(accepts(constraint, text)).toBe(true);
    }
    for (const text of ['', 'yes', 'noo', '123-45', '123-4', 'abcbcd', 'nulll', 'zé 1', 'aaab', 'c'])
      expect(accepts(constraint, text), text).toBe(expected.test(text));
  });

  it('lets tokens end within a character only if one can follow', () => {
    const constraint = Constraint.fromRegex('aé', TOKENS);
    expect([...constraint.allowedAfter(constraint.start).entries()].filter(([, is]) => is === 1)).toEqual([
      [0x61, 1],
      [BYTES.length - 1, 1],
    ]);
    expect(Constraint.fromRegex('aÿ', TOKENS).allowedAfter(constraint.start)).toBeDefined();
    const other = Constraint.fromRegex('aÄ', TOKENS);
    expect(accepts(other, 'aÄ')).toBe(true);
    expect(accepts(other, 'aé')).toBe(false);
  });

  it.each(['(?=a)b', '^a$', '\\ba', 'a++', '(a', '(a)\\1'])('refuses %s', (pattern) => {
    expect(() => Constraint.fromRegex(pattern, TOKENS)).toThrowErrorMatchingSnapshot();
  });

  it('refuses what no token can write, and a constraint that never ends', () => {
    const letters = { bytes: [encoder.encode('a'), encoder.encode('b')], endTokens: [2] };
    expect(() => Constraint.fromRegex('c', letters)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: No token can continue the text as its constraint asks for. Allow characters that the vocabulary can write.]`,
    );
    const constraint = Constraint.fromRegex('ac', letters);
    expect(() => {
      constraint.processor()(new Float32Array(3), [0], 1);
    }).toThrow('No token can continue the text');
    expect(() => Constraint.fromRegex('a', { ...letters, endTokens: [] })).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: A constraint must have at least one end token, got none. Name the end-of-text token, which says that the text is whole.]`,
    );
  });

  it('takes a bounded time for patterns that grow', () => {
    expect(accepts(Constraint.fromRegex('(a|aa|a*)*b', TOKENS), `${'a'.repeat(300)}b`)).toBe(true);
    expect(accepts(Constraint.fromRegex('(a|b)*a(a|b){12}', TOKENS), `${'ab'.repeat(40)}a`)).toBe(true);
    expect(accepts(Constraint.fromRegex('.{0,2000}', TOKENS), 'x'.repeat(50))).toBe(true);
    expect(() => Constraint.fromRegex('(a{1,500}){1,500}', TOKENS)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: RESOURCE_LIMIT: A constraint must have at most 20000 steps when its repeats are written out. Make its counted repeats smaller.]`,
    );
  });
});

describe('Constraint.fromGrammar', () => {
  it('lets only JSON be written', () => {
    const constraint = Constraint.fromGrammar(JSON_GRAMMAR, TOKENS);
    const texts = Array.from({ length: 60 }, (_, seed) => written(constraint, RandomKey.fromSeed(seed), 120));
    const finished = texts.filter((text) => text !== undefined);
    expect(finished.length).toBeGreaterThan(5);
    for (const text of finished) expect(() => void JSON.parse(text), text).not.toThrow();
    const nested = `{"a": ${'['.repeat(100)}${']'.repeat(100)}, "é\\u00e9": [-1.5, true, null, {}]}`;
    expect(accepts(constraint, nested)).toBe(true);
    for (const wrong of ['[]', '{"a": 01}', '{"a": "\n"}', '{,}', '{"a": [1,]}'])
      expect(accepts(constraint, wrong)).toBe(false);
  });

  it('follows rules that end with themselves for as long as it takes', () => {
    const constraint = Constraint.fromGrammar('root ::= item | item root\nitem ::= [a-c] ","', TOKENS);
    expect(accepts(constraint, 'a,b,'.repeat(500))).toBe(true);
    expect(accepts(constraint, 'a,b')).toBe(false);
  });

  it.each([
    'rot ::= "a"',
    'root ::= other',
    'root ::= "a',
    'root ::= [a',
    'root ::= "a" )',
    'root ::= ("a"',
    'root = "a"',
    'root ::= "a"{3,2}',
    'root ::= "a"{x}',
    'root ::= "\\q"',
    'root ::= [z-a]',
    'root ::= "a"\nroot ::= "b"',
    'root ::= "a" $',
    'root ::= root "a" | "b"',
    'root ::= x* other\nx ::= "x"?\nother ::= x root',
  ])('refuses %j', (grammar) => {
    expect(() => Constraint.fromGrammar(grammar, TOKENS)).toThrowErrorMatchingSnapshot();
  });

  it('gives up on a text that may be in too many places', () => {
    const constraint = Constraint.fromGrammar('root ::= "a" root "b" | "a" root "c" | "d"', TOKENS);
    expect(() => accepts(constraint, 'a'.repeat(40))).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: RESOURCE_LIMIT: A constraint must not be in 5000 places at once. Make it less ambiguous, or its repeats smaller.]`,
    );
  });
});

describe('generation under a constraint', () => {
  leaksNoTensors();

  it('writes what was asked for, greedily, sampled, in a batch and by beams', async () => {
    const model = tinyGpt();
    const decoder = await Decoder.create(model);
    disposeModule(model);
    // Ids 1 to 26 are letters; 49 ends the text.
    const bytes = Array.from({ length: 49 }, (_, id) => (id > 0 && id < 27 ? Uint8Array.of(96 + id) : undefined));
    const constraint = Constraint.fromRegex('(yes|no)(and(yes|no)){1,3}', { bytes, endTokens: [49] });
    const settings = { constraint, stopTokens: [49], maxTokens: 40 };
    const textOf = (ids: readonly number[]): string =>
      String.fromCharCode(...ids.slice(0, -1).flatMap((id) => [...(bytes[id] ?? [])]));
    const greedy = await generateBatch(decoder, [[3, 1], [4, 1, 5], [9]], settings);
    const sampled = await generateBatch(decoder, [[3, 1], [4, 1, 5], [9]], {
      ...settings,
      key: RandomKey.fromSeed(1),
      topK: 5,
    });
    const beams = await beamSearch(decoder, [[3, 1]], { ...settings, numBeams: 3, numResults: 3 });
    for (const { ids, finishReason } of [...greedy, ...sampled, ...beams.flat()]) {
      expect(finishReason).toBe('stop');
      expect(textOf(ids)).toMatch(/^(yes|no)(and(yes|no)){1,3}$/);
    }
    decoder.dispose();
  });
});
