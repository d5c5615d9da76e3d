import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ClozeError } from '@cloze/core';
import { afterAll, describe, expect, it } from 'vitest';
import { gunzip } from './gzip.ts';
import { parseJsonLines } from './json-lines.ts';
import { readLines } from './lines.ts';
import { readRows } from './read-rows.ts';
import { RecordScanner } from './record-scanner.ts';
import { rowSource } from './row-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'cloze-datasets-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const MEGABYTE = 1 << 20;

describe('a hostile file', () => {
  it.each<[string, string, string | Uint8Array, object]>([
    ['an unclosed quote', 'a.csv', `a,b\n1,"2\n${'3,4\n'.repeat(1000)}`, { code: 'DATA_INVALID', line: 2 }],
    ['a million columns', 'b.csv', `${'a,'.repeat(1_000_000)}\n`, { code: 'RESOURCE_LIMIT', line: 1 }],
    ['a million columns', 'c.tsv', `a\n${'\t'.repeat(1_000_000)}\n`, { code: 'RESOURCE_LIMIT', line: 2 }],
    ['NUL bytes', 'd.jsonl', '{"a": "\0"}', { code: 'DATA_INVALID', offset: 7 }],
    ['NUL bytes', 'e.txt', Uint8Array.of(0x61, 0x0a, 0x00, 0x0a), { code: 'DATA_INVALID', offset: 2 }],
    ['bad UTF-8', 'f.tsv', Uint8Array.of(0x61, 0x0a, 0x62, 0xc3, 0x28), { code: 'DATA_INVALID', offset: 3 }],
    ['UTF-16', 'g.csv', Uint8Array.of(0xff, 0xfe, 0x61, 0x00), { code: 'DATA_INVALID', offset: 3 }],
    ['a key twice', 'h.jsonl', '{"a": 1}\n{"a": 1, "\\u0061": 2}', { code: 'JSON_DUPLICATE_KEY', line: 2 }],
    ['a number beyond all numbers', 'i.jsonl', '{"a": 1}\n{"a": 1e400}', { code: 'JSON_NUMBER', line: 2 }],
    ['half a character', 'j.jsonl', '{"a": "\\ud800"}', { code: 'JSON_ENCODING', line: 1 }],
    ['deep nesting', 'k.jsonl', `{"a": ${'['.repeat(100_000)}`, { code: 'RESOURCE_LIMIT', line: 1 }],
    ['a bomb', 'l.txt.gz', gzipSync('a'.repeat(32 * MEGABYTE)), { code: 'RESOURCE_LIMIT' }],
    ['a bomb of zeros', 'm.jsonl.gz', gzipSync(new Uint8Array(32 * MEGABYTE)), {}],
    ['gzip that ends early', 'n.csv.gz', gzipSync('a,b\n1,2\n').subarray(0, 20), { code: 'DATA_INVALID' }],
    ['gzip with a wrong sum', 'o.csv.gz', Uint8Array.from(gzipSync('a\n1\n')).fill(0, -8), { code: 'DATA_INVALID' }],
  ])('%s: %s is a typed error with the place, in one pass and in any order', async (_, name, content, place) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    const expected = { exitCode: expect.toBeOneOf([3, 7]) as number, file, ...place };
    await expect(collect(readRows(file))).rejects.toMatchObject(expected);
    const whole = async () => {
      const source = await rowSource([file], { parse: (row) => row });
      await source.read(source.start, source.numExamples);
    };
    await expect(whole()).rejects.toMatchObject(expected);
  });

  it('takes no memory for a terabyte of nothing', async () => {
    const file = join(folder, 'sparse.txt');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 40);
    await expect(collect(readRows(file))).rejects.toMatchObject({ code: 'DATA_INVALID', file, offset: 0 });
  });

  it('may have a line without an end', async () => {
    const piece = 'a'.repeat(MEGABYTE);
    const endless = function* (): Generator<string> {
      yield 'a\n';
      for (let index = 0; index < 2048; index++) yield piece;
    };
    await expect(collect(readLines(endless(), 'x'))).rejects.toMatchObject({
      code: 'RESOURCE_LIMIT',
      file: 'x',
      line: 2,
    });
    const options = { isQuoted: true, skipsBlank: false, hasHeader: false, rangeBytes: 1000 };
    const scanner = new RecordScanner(0, { file: 'x', ...options });
    const bytes = new TextEncoder().encode(piece);
    expect(() => {
      scanner.push(Uint8Array.of(0x0a, 0x22, 0x0a));
      for (let index = 0; index < 2048; index++) scanner.push(bytes);
    }).toThrow(
      'RESOURCE_LIMIT: x line 2: A record must have at most 100,000,000 bytes, got more. Check that the file has one record per line, and that quotes are closed.',
    );
  });

  it('cannot reach prototypes', async () => {
    const file = join(folder, 'prototypes.jsonl');
    writeFileSync(file, '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}');
    const [row] = await collect(readRows(file));
    expect(Object.keys(row?.values ?? {})).toEqual(['__proto__', 'constructor']);
    expect(() => row?.text('hasOwnProperty')).toThrow(ClozeError);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('may decompress to more than there is room for', async () => {
    const limited = gunzip([gzipSync('ab'.repeat(MEGABYTE))], 'x.gz', { maxBytes: 1000 });
    await expect(collect(limited)).rejects.toThrow(
      /^RESOURCE_LIMIT: x.gz: Decompressed data must be at most maxBytes = 1,000 bytes, got/,
    );
  });
});

describe('a friendly file', () => {
  it('may have a whole book in a line', async () => {
    const text = 'word '.repeat(100_000);
    const [row] = await collect(parseJsonLines([JSON.stringify({ text })], 'x'));
    expect(row?.value).toEqual({ text });
  });

  it('may be several files in gzip after each other', async () => {
    const file = join(folder, 'members.txt.gz');
    writeFileSync(file, Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]));
    expect((await collect(readRows(file))).map((row) => row.text('text'))).toEqual(['one', 'two']);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
