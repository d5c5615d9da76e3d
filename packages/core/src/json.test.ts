import { describe, expect, it } from 'vitest';
import { ClozeError } from './errors.ts';
import { isJsonObject, parseJson, type JsonOptions } from './json.ts';

function codeOf(text: string | Uint8Array, options?: JsonOptions): string {
  try {
    parseJson(text, options);
    return 'accepted';
  } catch (error) {
    return error instanceof ClozeError ? error.code : String(error);
  }
}

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    const text =
      ' {"a": [1, -2.5e-3, 0, true, false, null], "b\\n\\u00e9\\ud83d\\ude00": {"": "é😀 \\"\\\\\\/"}}\r\n\t';
    expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
    expect(parseJson(new TextEncoder().encode('"é"'))).toBe('é');
  });

  it('keeps hostile keys as data', () => {
    const value = parseJson('{"__proto__": {"polluted": 1}, "constructor": 2}');
    expect(isJsonObject(value) && [Object.keys(value), Object.getPrototypeOf(value)]).toEqual([
      ['__proto__', 'constructor'],
      null,
    ]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    '{',
    '[',
    '"',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '[1,]',
    '[1 2]',
    '{a:1}',
    "'a'",
    '01',
    '1.',
    '.5',
    '+1',
    '-',
    '1e',
    'tru',
    'nul',
    'NaN',
    'Infinity',
    '1 2',
    '{} x',
    '"\n"',
    '"\\x"',
    '"\\u12g4"',
    '\ufeff{}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '\u00a01',
  ])('refuses %j as syntax', (text) => {
    expect(codeOf(text)).toBe('JSON_SYNTAX');
  });

  it.each<[string | Uint8Array, string, JsonOptions?]>([
    ['{"a":1,"a":2}', 'JSON_DUPLICATE_KEY'],
    ['{"a":1,"\\u0061":2}', 'JSON_DUPLICATE_KEY'],
    ['1e400', 'JSON_NUMBER'],
    ['9007199254740993', 'JSON_NUMBER'],
    ['9007199254740993', 'accepted', { largeIntegers: 'round' }],
    ['9007199254740991', 'accepted'],
    ['[1, 2.0]', 'JSON_NUMBER', { numbers: 'counts' }],
    ['[1, 2e0]', 'JSON_NUMBER', { numbers: 'counts' }],
    ['-0', 'JSON_NUMBER', { numbers: 'counts' }],
    ['"\\ud800"', 'JSON_ENCODING'],
    [Uint8Array.of(0x22, 0xff, 0x22), 'JSON_ENCODING'],
    [Uint8Array.of(0xef, 0xbb, 0xbf, 0x31), 'JSON_SYNTAX'],
    ['['.repeat(65) + ']'.repeat(65), 'RESOURCE_LIMIT'],
    ['['.repeat(64) + ']'.repeat(64), 'accepted'],
    ['['.repeat(1_000_000), 'RESOURCE_LIMIT'],
    [`"${'a'.repeat(100_001)}"`, 'RESOURCE_LIMIT'],
    [`"${'a'.repeat(100_001)}"`, 'accepted', { maxTokenLength: 200_000 }],
    ['[1, 2]', 'RESOURCE_LIMIT', { maxBytes: 5 }],
  ])('takes %.40s as %s', (text, code, options) => {
    expect(codeOf(text, options)).toBe(code);
  });

  it('says where', () => {
    expect(() =>
      parseJson('{\n  "é": 1,\n  "b": tru\n}', { file: 'config.json', offset: 8 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: JSON_SYNTAX: config.json @ byte 28 line 3, column 8: A value is missing or misspelt. The file is damaged or was written by a faulty program; write it again.]`,
    );
    expect(() => parseJson('{"a":1,"a":2}', { file: 'config.json' })).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: JSON_DUPLICATE_KEY: config.json @ byte 7 line 1, column 8: A key must occur once, got "a" twice. The file is damaged or was written by a faulty program; write it again.]`,
    );
    expect(() => parseJson('['.repeat(70))).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: RESOURCE_LIMIT: @ byte 64: JSON: the depth must be at most 64, got 65. The file is probably damaged or hostile; if not, raise the limit jsonDepth.]`,
    );
  });
});
