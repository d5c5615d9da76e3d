import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RandomKey } from '@cloze/core';
import { fc, it as forAll } from '@fast-check/vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import type { DataRow } from './data-row.ts';
import type { DataCursor, ExampleSource } from './example-source.ts';
import { readRows } from './read-rows.ts';
import { indexRows } from './row-index.ts';
import { rowSource } from './row-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'cloze-datasets-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const key = RandomKey.fromSeed(1);
const lines = Array.from({ length: 1000 }, (_, index) => `row ${index}`);

describe('indexRows', () => {
  const unit = fc.constantFrom('a', 'é', '"', ',', '\t', ' ', '\r', '\n', '{}', '\ufeff');
  forAll.prop(
    [fc.string({ unit, maxLength: 60 }), fc.constantFrom('lines', 'csv', 'tsv'), fc.integer({ min: 1, max: 30 })],
    {
      numRuns: 300,
    },
  )('finds the rows that one pass finds, however they are divided', async (text, format, chunkBytes) => {
    const path = written('divided', `first,second\n${text}\n`);
    const expected = await collect(readRows(path, { format })).catch(() => undefined);
    const actual = await inChunks(path, { format, chunkBytes }).catch(() => undefined);
    expect(actual?.map(({ values, place }) => ({ values, place }))).toEqual(
      expected?.map(({ values, place }) => ({ values, place })),
    );
  });

  it.each(['', '\ufeff', '\n\n'])('leaves %j at the beginning out', async (start) => {
    const path = written('start.jsonl', `${start}{"a": 1}\n \t\n{"a": 2}`);
    const rows = await inChunks(path, { chunkBytes: 1 });
    expect(rows.map((row) => [row.integer('a'), row.place.line - start.replace('\ufeff', '').length])).toEqual([
      [1, 1],
      [2, 3],
    ]);
  });

  it('says where a record begins that is never closed', async () => {
    const path = written('open.csv', 'a\n"b"\n"c\n"d"\n');
    await expect(indexRows(path, { chunkBytes: 10 })).rejects.toThrow(
      `DATA_INVALID: ${path} line 3: A quote must be closed. Correct the line, or say how the table is quoted and delimited.`,
    );
  });
});

describe('rowSource', () => {
  const parse = (row: DataRow): string => row.text('text');

  it('gives each row once per epoch, each epoch in another order', async () => {
    const source = await rowSource([written('a.txt', lines.join('\n'))], { parse, key });
    expect(source.numExamples).toBe(1000);
    const { examples } = await source.read(source.start, 2000);
    const epochs = [examples.slice(0, 1000), examples.slice(1000)];
    for (const epoch of epochs) {
      expect(epoch).not.toEqual(lines);
      expect(epoch.toSorted()).toEqual(lines.toSorted());
    }
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it('shuffles files that are larger than its buffer', async () => {
    const many = Array.from({ length: 40_000 }, (_, index) => `${index}`.padStart(15, '0'));
    const paths = [written('0.txt', many.slice(0, 10_000).join('\n')), written('1.txt', many.slice(10_000).join('\n'))];
    const source = await rowSource(paths, { parse, key, bufferBytes: 1 << 18 });
    const { examples } = await source.read(source.start, many.length);
    expect(examples.toSorted()).toEqual(many);
    // A buffer of 4 chunks of 64 kB: its 16,384 lines come from all over the files.
    const firsts = examples.slice(0, 16_384).map(Number);
    expect(new Set(firsts.map((number) => Math.floor(number / 4096))).size).toBeGreaterThanOrEqual(4);
    expect(correlation(examples.map(Number))).toBeLessThan(0.35);
  });

  it('goes on from a cursor that went through JSON, wherever it was cut', async () => {
    const path = written('b.txt', lines.join('\n'));
    const open = () => rowSource([path], { parse, key, bufferBytes: 1000 });
    const source = await open();
    const whole = (await source.read(source.start, 2500)).examples;
    let cursor = source.start;
    const parts: string[] = [];
    for (const count of [1, 0, 7, 992, 1, 999, 500]) {
      const fresh = await open();
      expect(fresh.fingerprint).toBe(source.fingerprint);
      const slice = await fresh.read(JSON.parse(JSON.stringify(cursor)) as DataCursor, count);
      parts.push(...slice.examples);
      cursor = slice.cursor;
    }
    expect(parts).toEqual(whole);
    expect(cursor).toEqual({ epoch: 2, position: 500 });
  });

  it('reads all formats, compressed or not, alike', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => ({ text: `Zeile ${index}`, label: index % 3 }));
    const table = (delimiter: string) => rows.map(({ text, label }) => `${text}${delimiter}${label}`);
    const columnData = [
      { name: 'text', data: rows.map(({ text }) => text) },
      { name: 'label', data: rows.map(({ label }) => label) },
    ];
    const paths = [
      written('c.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')),
      written('c.jsonl.gz', gzipSync(rows.map((row) => JSON.stringify(row)).join('\n'))),
      written('c.tsv', ['text\tlabel', ...table('\t')].join('\r\n')),
      written('c.CSV', ['text,label', ...table(',')].join('\n')),
      written('c.csv.gz', gzipSync(['text,label', ...table(',')].join('\n'))),
      written('c.parquet', new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 20 }))),
    ];
    for (const path of paths) {
      const source = await rowSource([path], {
        parse: (row) => ({ text: row.text('text'), label: row.integer('label') }),
      });
      expect((await source.read(source.start, 50)).examples).toEqual(rows);
      expect((await collect(readRows(path))).map((row) => row.integer('label'))).toEqual(
        rows.map(({ label }) => label),
      );
    }
  });

  it('tells other files, orders and columns apart', async () => {
    const path = written('d.tsv', 'a\t1\nb\t2');
    const fingerprints = [
      await rowSource([path], { parse: String }),
      await rowSource([path], { parse: String, key }),
      await rowSource([path], { parse: String, key: RandomKey.fromSeed(2) }),
      await rowSource([path], { parse: String, columns: ['x', 'y'] }),
      await rowSource([path, path], { parse: String }),
      await rowSource([written('e.tsv', 'a\t1\nb\t3')], { parse: String }),
    ].map((source: ExampleSource<string>) => source.fingerprint);
    expect(new Set(fingerprints).size).toBe(fingerprints.length);
  });

  it('says in which line of which file something is wrong', async () => {
    const path = written('f.tsv', 'good\t1\n\nbad\tzwei');
    const source = await rowSource([path], { parse: (row) => row.integer('label'), columns: ['sentence', 'label'] });
    await expect(source.read(source.start, 2)).rejects.toThrow(
      `DATA_INVALID: ${path} line 3: "label" must be a number, got "zwei". This row has sentence, label.`,
    );
    const bytes = written('g.txt', Uint8Array.from([...Buffer.from('one\ntwo\n'), 0xff]));
    const broken = await rowSource([bytes], { parse });
    await expect(broken.read(broken.start, 1)).rejects.toMatchObject({ code: 'DATA_INVALID', file: bytes, offset: 8 });
  });

  it('notices a file that changes', async () => {
    const path = written('h.txt', 'one\ntwo');
    const source = await rowSource([path], { parse });
    writeFileSync(path, 'o\n\nt\nwo');
    await expect(source.read(source.start, 1)).rejects.toThrow(
      `DATA_INVALID: ${path} line 1: The file must not change while it is used, got 3 records where there were 2. Leave it as it is until the run is over.`,
    );
    appendFileSync(path, '\nfour');
  });

  it('refuses no rows, unknown formats, columns that are named twice and foreign cursors', async () => {
    const path = written('i.csv', 'text,label\n\n');
    await expect(rowSource([path], { parse })).rejects.toThrow(
      `DATA_INVALID: ${path}: The data must hold at least one row, got none. Check that the files hold more than the names of columns.`,
    );
    await expect(rowSource(['x.json'], { parse })).rejects.toThrow(
      'CONFIG_INVALID: x.json: The name of a file must end with .txt, .jsonl, .ndjson, .csv, .tsv (each also .gz) or .parquet. Rename it, or say which format it has.',
    );
    await expect(rowSource([written('j.csv', 'a,a\n1,2')], { parse })).rejects.toThrow(
      'got "a" twice. If it names no columns, say how they are called.',
    );
    const source = await rowSource([written('k.txt', 'a')], { parse });
    await expect(source.read({ position: 0 }, 1)).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH' });
    await expect(source.read({ epoch: 0, position: 1 }, 1)).rejects.toThrow(
      'CHECKPOINT_MISMATCH: The data cursor must lie in the data, got position 1 of epoch 0. Resume with the files that the run was started with.',
    );
  });

  it('takes names for data', async () => {
    const path = written('l.tsv', '__proto__\tconstructor\na\tb');
    const [row] = await collect(readRows(path));
    expect([row?.text('__proto__'), row?.text('constructor')]).toEqual(['a', 'b']);
    expect(() => row?.text('toString')).toThrow(
      '"toString" must be text, got nothing. This row has __proto__, constructor.',
    );
  });
});

async function inChunks(path: string, options: Parameters<typeof indexRows>[1]): Promise<DataRow[]> {
  const rows: DataRow[] = [];
  const { chunks } = await indexRows(path, options);
  for (const chunk of chunks) rows.push(...(await chunk.read()));
  return rows;
}

/** How much the order of numbers still tells their size: 1 for ascending ones. */
function correlation(values: readonly number[]): number {
  const mean = (values.length - 1) / 2;
  const products = values.reduce((sum, value, index) => sum + (value - mean) * (index - mean), 0);
  const squares = values.reduce((sum, _, index) => sum + (index - mean) ** 2, 0);
  return Math.abs(products / squares);
}

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
