import { readFileSync } from 'node:fs';
import { ClozeError, RandomKey } from '@cloze/core';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, it } from 'vitest';
import { blobReader } from './byte-reader.ts';
import { readParquet } from './parquet.ts';

const NUM_MUTATIONS = Number(process.env['CLOZE_MUTATIONS'] ?? 2000);
const SEED = Number(process.env['CLOZE_SEED'] ?? 1);
/** Every file is below 20 kB. */
const MAX_MILLISECONDS = 2000;
/** Garbage that was not collected yet included. */
const MAX_MEGABYTES = 400;
const NUMBERS = [0, 1, 0x7f, 0x80, 0xff];

it(
  `survives ${NUM_MUTATIONS} mutations, seed ${SEED} (CLOZE_MUTATIONS, CLOZE_SEED)`,
  { timeout: 3_600_000 },
  async () => {
    const files = ['snappy', 'zstd', 'gzip', 'brotli', 'lz4', 'plain', 'delta'].map(
      (name) => new Uint8Array(readFileSync(new URL(`fixtures/${name}.parquet`, import.meta.url))),
    );
    files.push(ownFile());
    const counts = { accepted: 0, refused: 0 };
    let slowest = 0;
    const memoryBefore = process.resourceUsage().maxRSS;
    for (let index = 0; index < NUM_MUTATIONS; index++) {
      const key = RandomKey.fromSeed(SEED).fold(index);
      const original = files[index % files.length] ?? new Uint8Array();
      const mutant = mutated(original, key);
      const begin = performance.now();
      const error = await readAll(mutant);
      slowest = Math.max(slowest, performance.now() - begin);
      if (error === undefined) counts.accepted++;
      else counts.refused++;
      const isTyped =
        error === undefined || (error instanceof ClozeError && error.file === 'mutant' && error.code !== 'INTERNAL');
      if (!isTyped) throw new Error(`mutation ${index} of seed ${SEED} got through`, { cause: error });
    }
    const megabytes = (process.resourceUsage().maxRSS - memoryBefore) / 1024;
    console.log(
      `${counts.refused} refused with file and place, ${counts.accepted} read, slowest ${slowest.toFixed(0)} ms, ${megabytes.toFixed(0)} MB`,
    );
    expect(slowest).toBeLessThan(MAX_MILLISECONDS);
    expect(megabytes).toBeLessThan(MAX_MEGABYTES);
    expect(counts.refused).toBeGreaterThan(counts.accepted / 10);
  },
);

async function readAll(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  try {
    const rows = readParquet(blobReader(new Blob([bytes]), 'mutant'));
    while ((await rows.next()).done !== true);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** One to three changes; half of them in the metadata, where everything else is found by. */
function mutated(original: Uint8Array<ArrayBuffer>, key: RandomKey): Uint8Array<ArrayBuffer> {
  let bytes = original.slice();
  const footer = new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
  const numChanges = 1 + key.fold('count').integer(3);
  for (let change = 0; change < numChanges; change++) {
    const own = key.fold('change').fold(change);
    const [kind, part, place, value] = ['kind', 'part', 'place', 'value'].map((name) =>
      own.fold(name).integer(2 ** 32),
    );
    const length = (part ?? 0) % 2 === 0 ? footer + 8 : bytes.length;
    const position = Math.max(0, bytes.length - 1 - ((place ?? 0) % length));
    bytes = changed(bytes, { kind: (kind ?? 0) % 6, position, value: value ?? 0 });
  }
  return bytes;
}

function changed(
  bytes: Uint8Array<ArrayBuffer>,
  { kind, position, value }: { readonly kind: number; readonly position: number; readonly value: number },
): Uint8Array<ArrayBuffer> {
  const numBytes = 1 + (value % 8);
  if (kind === 0) bytes[position] = (bytes[position] ?? 0) ^ (1 << (value % 8));
  else if (kind === 1) bytes[position] = NUMBERS[value % NUMBERS.length] ?? 0;
  else if (kind === 2) bytes.fill(value % 3 === 0 ? 0xff : 0x80, position, position + numBytes);
  else if (kind === 3) bytes.copyWithin(position, value % bytes.length, (value % bytes.length) + numBytes);
  else if (kind === 4) return bytes.slice(0, position);
  // Bytes that move: everything behind them is at another place.
  else
    return Uint8Array.from([
      ...bytes.subarray(0, position),
      value % 256,
      ...bytes.subarray(position + (value % 2) * 2),
    ]);
  return bytes;
}

function ownFile(): Uint8Array<ArrayBuffer> {
  const numbers = Array.from({ length: 300 }, (_, index) => index * index);
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'text', data: numbers.map((number) => `${number % 7}`), encoding: 'RLE_DICTIONARY' },
        { name: 'small', type: 'INT32', data: numbers, encoding: 'DELTA_BINARY_PACKED' },
        {
          name: 'large',
          type: 'INT64',
          data: numbers.map(BigInt),
          encoding: 'DELTA_BINARY_PACKED',
          codec: 'UNCOMPRESSED',
        },
        { name: 'lists', data: numbers.map((number) => [number, number + 1]), codec: 'UNCOMPRESSED' },
        { name: 'is_even', type: 'BOOLEAN', data: numbers.map((number) => number % 2 === 0), codec: 'UNCOMPRESSED' },
        { name: 'real', type: 'FLOAT', data: numbers, encoding: 'BYTE_STREAM_SPLIT' },
        { name: 'json', type: 'JSON', data: numbers.map((number) => ({ number })) },
      ],
      rowGroupSize: 200,
      pageSize: 512,
    }),
  );
}
