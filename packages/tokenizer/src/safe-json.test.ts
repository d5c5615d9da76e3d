import { describe, expect, it } from 'vitest';
import { parseJson } from './safe-json.ts';

function errorOf(input: string | Uint8Array, limits = {}): string {
  try {
    parseJson(input, { file: 'x.json', limits });
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
  return 'accepted';
}

describe('parseJson', () => {
  it('reads what JSON can say', () => {
    const value = parseJson('{"a": [1, -2.5e3, true, false, null, "\\u00e9\\n\\ud83d\\ude00"], "__proto__": {}}');
    expect(value).toEqual(
      new Map<string, unknown>([
        ['a', [1, -2500, true, false, null, 'é\n\u{1f600}']],
        ['__proto__', new Map()],
      ]),
    );
  });

  it.each([
    ['{"a": 1, "a": 2}', 'JSON_DUPLICATE_KEY: x.json line 1:13: the key "a" must stand once.'],
    ['[1e400]', 'JSON_NUMBER: x.json /0 line 1:2: a number must be one that a double holds exactly, not 1e400.'],
    [
      '[9007199254740993]',
      'JSON_NUMBER: x.json /0 line 1:2: a number must be one that a double holds exactly, not 9007199254740993.',
    ],
    ['{"a": "\\ud800"}', 'JSON_ENCODING: x.json /a line 1:13: a surrogate escape must have its other half.'],
    ['"\ud800"', 'JSON_ENCODING: x.json @ 1: text must not contain lone surrogates.'],
    ['\ufeff{}', 'JSON_SYNTAX: x.json line 1:1: a JSON value must stand here.'],
    ['[1,]', 'JSON_SYNTAX: x.json /1 line 1:4: a JSON value must stand here.'],
    ['{"a"\n 1}', "JSON_SYNTAX: x.json /a line 2:2: ':' must follow a key."],
    ['"\\x"', 'JSON_SYNTAX: x.json line 1:3: a backslash must begin an escape of JSON.'],
    ['"a', 'JSON_SYNTAX: x.json line 1:3: a string must end with a double quote.'],
    ['{} x', 'JSON_SYNTAX: x.json line 1:4: nothing may follow the JSON value.'],
    ['[1 2]', "JSON_SYNTAX: x.json line 1:4: ',' or ']' must follow a value."],
    ['{"a": 1 "b"}', "JSON_SYNTAX: x.json line 1:9: ',' or '}' must follow a value."],
    ['{a: 1}', 'JSON_SYNTAX: x.json line 1:2: a key in double quotes must stand here.'],
    ['"\t"', 'JSON_SYNTAX: x.json line 1:2: a control character in a string must be escaped.'],
    ['', 'JSON_SYNTAX: x.json line 1:1: a JSON value must stand here.'],
    ['[tru]', 'JSON_SYNTAX: x.json /0 line 1:2: a JSON value must stand here.'],
  ])('refuses %j', (input, message) => {
    expect(errorOf(input)).toBe(message);
  });

  it('refuses bytes that are no UTF-8, and too much of anything', () => {
    expect(errorOf(Uint8Array.of(0x22, 0xff, 0x22))).toBe('JSON_ENCODING: x.json @ 1: the file must be UTF-8 text.');
    expect(errorOf('['.repeat(100_000))).toContain('RESOURCE_LIMIT: x.json');
    expect(errorOf('[[1]]', { jsonDepth: 1 })).toContain('jsonDepth must be at most 1, not 2; raise limits.jsonDepth');
    expect(errorOf('"abc"', { stringLength: 2 })).toContain('stringLength must be at most 2, not 3');
    expect(errorOf('"abc"', { fileBytes: 2 })).toBe(
      'RESOURCE_LIMIT: x.json @ 2: a file must have at most 2 bytes, got 5. Raise limits.fileBytes if you trust it.',
    );
  });
});
