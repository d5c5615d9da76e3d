import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { ByteReader } from '@cloze/core';
import { fc, it as forAll } from '@fast-check/vitest';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import { describe, expect, it, vi } from 'vitest';
import { blobReader } from './byte-reader.ts';
import { openParquet, readParquet, type ParquetRow } from './parquet.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

describe('readParquet', () => {
  const rows = JSON.parse(readFileSync(fixture('rows.json'), 'utf8')) as Record<string, unknown>[];

  it.each(['snappy', 'zstd', 'brotli', 'lz4', 'plain', 'gzip', 'delta'])(
    'reads what pyarrow writes: %s',
    async (name) => {
      const actual = await collect(readParquet(fixture(`${name}.parquet`)));
      const columns = Object.keys(actual[0] ?? {});
      expect(columns).toHaveLength({ gzip: 13, delta: 3 }[name] ?? 14);
      const expected = rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
      expect(actual.map(readable)).toEqual(expected);
    },
  );

  it('reads row groups one by one, and only the columns that are asked for', async () => {
    const { columns, numRows, groups } = await openParquet(fixture('snappy.parquet'));
    expect([columns.slice(0, 3), numRows, groups.map((group) => group.numRows)]).toEqual([
      ['text', 'label', 'id'],
      40,
      [24, 16],
    ]);
    const second = await groups[1]?.read(['label', 'answers']);
    expect([...(second ?? [])].at(-1)).toEqual({ label: 0, answers: { text: [], start: [] } });
  });

  forAll.prop([
    fc.array(fc.record({ text: fc.option(fc.string({ unit: 'grapheme' })), count: fc.integer() })),
    fc.integer({ min: 1, max: 9 }),
  ])('gives back what was written, in a browser, too', async (records, rowGroupSize) => {
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'text', type: 'STRING', data: records.map(({ text }) => text) },
        { name: 'count', type: 'INT32', data: records.map(({ count }) => count) },
      ],
      rowGroupSize,
    });
    expect(await collect(readParquet(blobReader(new Blob([bytes]), 'x')))).toEqual(records);
  });

  it('takes names for data', async () => {
    const row = (await collect(readParquet(written([{ name: 'constructor', data: ['a'] }]))))[0];
    expect([Object.keys(row ?? {}), Object.getPrototypeOf(row)]).toEqual([['constructor'], null]);
    await expect(collect(readParquet(written([{ name: '__proto__', data: ['a'] }])))).rejects.toThrow(
      'DATA_INVALID: data.parquet @ byte 32: A Parquet file must have columns of different names, other than __proto__, in "root". The file is damaged or no Parquet; download or write it again.',
    );
  });

  it('does not guess at text', async () => {
    const data = [Uint8Array.of(0xff, 0x41)];
    const bytes = await collect(readParquet(written([{ name: 'a', type: 'BYTE_ARRAY', data }])));
    expect(bytes).toEqual([{ a: data[0] }]);
  });
});

describe('a Parquet file that cannot be read', () => {
  it.each([
    [
      'is another file',
      Uint8Array.from('PK and nothing else', (character) => character.charCodeAt(0)),
      'DATA_INVALID: data.parquet @ byte 19: A Parquet file must end with PAR1. The file is damaged or no Parquet; download or write it again.',
    ],
    [
      'is encrypted',
      Uint8Array.from('PAR1....PARE', (character) => character.charCodeAt(0)),
      'UNSUPPORTED_FORMAT: data.parquet: Parquet files with encryption cannot be read. Leave the column out, or write the file again with the default settings of pyarrow.',
    ],
    [
      'claims to have more metadata than bytes',
      Uint8Array.from([0x50, 0x41, 0x52, 0x31, 0xff, 0xff, 0xff, 0xff, 0x50, 0x41, 0x52, 0x31]),
      'DATA_INVALID: data.parquet @ byte 4: A Parquet file cannot have metadata of 4294967295 bytes. The file is damaged or no Parquet; download or write it again.',
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(openParquet(blobReader(new Blob([bytes]), 'data.parquet'))).rejects.toThrow(message);
  });

  it('has what few use', async () => {
    await expect(collect(readParquet(fixture('prefixes.parquet')))).rejects.toThrow(
      'DELTA_BYTE_ARRAY values of type BYTE_ARRAY ("text") cannot be read.',
    );
    await expect(collect(readParquet(fixture('miscounted.parquet')))).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
    });
    const old = written([{ name: 'a', data: ['b'] }], { codec: 'LZ4', compressors: { LZ4: (bytes) => bytes } });
    await expect(collect(readParquet(old))).rejects.toThrow(
      'Parquet files with columns compressed with LZ4 cannot be read.',
    );
  });

  it('has no such column', async () => {
    await expect(collect(readParquet(fixture('delta.parquet'), { columns: ['sentence'] }))).rejects.toThrow(
      `CONFIG_INVALID: ${fixture('delta.parquet')}: The column "sentence" must be in the file, found none. Choose from label, score, text.`,
    );
  });

  it('holds text that is not UTF-8', async () => {
    const bytes = new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: 'a', data: ['\u00fcber'] }], codec: 'UNCOMPRESSED' }),
    );
    bytes[bytes.indexOf(0xc3)] = 0xff;
    await expect(collect(readParquet(blobReader(new Blob([bytes]), 'data.parquet')))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      file: 'data.parquet',
      offset: 4,
    });
  });

  it('ends early', async () => {
    const whole = written([{ name: 'a', data: ['text'] }]);
    const reader = { ...whole, read: async (...at: [number, number]) => (await whole.read(...at)).subarray(0, 20) };
    await expect(openParquet(reader)).rejects.toThrow('ends early: it changed while it was read');
  });

  it('is a bomb', async () => {
    const zeros = ['0'.repeat(1 << 25)];
    const bomb = written([{ name: 'a', data: zeros }], {
      codec: 'GZIP',
      compressors: { GZIP: (bytes) => gzipSync(bytes) },
    });
    await expect(collect(readParquet(bomb))).rejects.toMatchObject({ code: 'RESOURCE_LIMIT', offset: 4 });
    await expect(collect(readParquet(bomb))).rejects.toThrow(
      'Read fewer columns or write smaller row groups; the file may be hostile.',
    );
    const limits = { freeBytes: 1 << 26, maxRatio: 1, freeValues: 10, maxValuesPerByte: 0 };
    expect(await collect(readParquet(bomb, { limits }))).toHaveLength(1);
  });

  it('needs packages that are not installed', async () => {
    vi.doMock('hyparquet', () => {
      throw new Error('Cannot find package');
    });
    await expect(openParquet(fixture('delta.parquet'))).rejects.toThrow(
      'UNSUPPORTED_FORMAT: Parquet files need the packages hyparquet and hyparquet-compressors, found none. Install them: npm install hyparquet hyparquet-compressors.',
    );
    vi.doUnmock('hyparquet');
  });
});

function written(
  columnData: ColumnSource[],
  options: Partial<Parameters<typeof parquetWriteBuffer>[0]> = {},
): ByteReader {
  return blobReader(new Blob([parquetWriteBuffer({ columnData, ...options })]), 'data.parquet');
}

function readable(row: ParquetRow): unknown {
  return JSON.parse(
    JSON.stringify(row, (_, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`;
      return value instanceof Uint8Array ? [...value] : value;
    }),
  );
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
