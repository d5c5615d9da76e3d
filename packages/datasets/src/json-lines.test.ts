import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ClozeError } from '@cloze/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gunzip } from './gzip.ts';
import { parseJsonLines, textField } from './json-lines.ts';
import { readLines } from './lines.ts';
import { readText } from './text.ts';

describe('readLines', () => {
  it.each([1, 3, 100])('cuts at line breaks, wherever the pieces end (%i characters each)', async (size) => {
    const text = 'one\ntwo\r\n\nfour';
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    expect(await collect(readLines(pieces, 'x'))).toEqual([
      { line: 1, text: 'one' },
      { line: 2, text: 'two' },
      { line: 3, text: '' },
      { line: 4, text: 'four' },
    ]);
  });

  it('refuses lines without an end', async () => {
    await expect(collect(readLines(['a\n', 'bbb', 'bbb'], 'x', { maxLineLength: 5 }))).rejects.toMatchObject({
      code: 'RESOURCE_LIMIT',
      exitCode: 7,
      line: 2,
    });
  });
});

describe('parseJsonLines', () => {
  it('gives one object per line', async () => {
    const rows = parseJsonLines(['{"text": "a"}\n\n{"te', 'xt": "b", "n": 1}'], 'x');
    expect(await collect(rows)).toEqual([
      { line: 1, value: { text: 'a' } },
      { line: 3, value: { text: 'b', n: 1 } },
    ]);
    expect(await collect(textField(parseJsonLines(['{"text": "a"}'], 'x'), 'text', 'x'))).toEqual(['a']);
  });

  it.each([
    ['{"a": 1}\n{"a": }', { code: 'JSON_SYNTAX', line: 2 }],
    ['{"a": 1}\n\n[1]', { code: 'DATA_INVALID', line: 3 }],
    ['{"a": 1, "a": 2}', { code: 'JSON_DUPLICATE_KEY', line: 1 }],
  ])('says which line of %j is wrong', async (text, expected) => {
    await expect(collect(parseJsonLines([text], 'rows.jsonl'))).rejects.toMatchObject({
      ...expected,
      exitCode: 3,
      file: 'rows.jsonl',
    });
  });

  it('says which line has no text, and what it has', async () => {
    await expect(collect(textField(parseJsonLines(['{"body": "a"}'], 'x'), 'text', 'rows.jsonl'))).rejects.toThrow(
      'DATA_INVALID: rows.jsonl line 1: "text" must be text, got nothing. Name the field that holds the text; this line has body.',
    );
    await expect(collect(textField(parseJsonLines(['{"a": 1}'], 'x'), 'constructor', 'x'))).rejects.toThrow(
      'got nothing',
    );
  });
});

describe('gunzip', () => {
  it('lets compressed files be read as text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloze-datasets-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const text = 'Größe und Maß\n'.repeat(100_000);
    const path = join(folder, 'text.gz');
    writeFileSync(path, gzipSync(text));
    expect((await collect(readText(path))).join('') === text).toBe(true);
    writeFileSync(path, gzipSync(text).subarray(0, 500));
    await expect(collect(readText(path))).rejects.toMatchObject({ code: 'DATA_INVALID', file: path });
  });

  it('refuses bombs', async () => {
    const bomb = gzipSync(new Uint8Array(1 << 26));
    await expect(collect(gunzip([bomb], 'bomb.gz', { maxRatio: 100 }))).rejects.toMatchObject({
      code: 'RESOURCE_LIMIT',
      file: 'bomb.gz',
    });
  });

  it('passes on what the source throws', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield gzipSync('a').subarray(0, 5);
      await Promise.resolve();
      throw new ClozeError('IO', { message: 'The disk is gone.', hint: 'Look for it.' });
    };
    await expect(collect(gunzip(broken(), 'x'))).rejects.toMatchObject({ code: 'IO' });
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
