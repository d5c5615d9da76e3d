import { CheckpointError, ClozeError, type RandomKey } from '@cloze/core';
import type { DataRow } from './data-row.ts';
import { epochCursorOf } from './epoch-source.ts';
import type { ExampleSource } from './example-source.ts';
import { fingerprint } from './fingerprint.ts';
import type { RowOptions } from './read-rows.ts';
import { indexRows, type RowChunk } from './row-index.ts';

/** What is read and shuffled together. */
const BUFFER_BYTES = 1 << 24;
/** 256 of them fill the buffer: enough to mix what stands far apart, and still few reads. */
const CHUNK_BYTES = 1 << 16;

/** Settings of {@link rowSource}. */
export interface RowSourceOptions<Example> extends RowOptions {
  /** Makes an example from a row. Pure; it is called each time that the row is read. */
  readonly parse: (row: DataRow) => Example;
  /** Shuffles each epoch anew. Default: the order of the files, in every epoch. */
  readonly key?: RandomKey | undefined;
  /** How many bytes of the files are held and shuffled together, at least. Default: 16 MiB. */
  readonly bufferBytes?: number | undefined;
}

/** Examples that are read from files. */
export interface RowSource<Example> extends ExampleSource<Example> {
  /** In an epoch. */
  readonly numExamples: number;
}

/**
 * Examples from the rows of files of any size: lines of text, JSON Lines, CSV, TSV and Parquet, where everything but Parquet may be compressed with gzip.
 * Each row occurs once per epoch.
 *
 * The files are read once to note where their rows are, in chunks of 64 kB or the row groups of Parquet. In each epoch the chunks are put in random order;
 * as many as fill the buffer are read together, and their rows are shuffled. So files below 16 MiB are shuffled perfectly, and larger ones take no more
 * memory. The cursor is `{ epoch, position }`; a resumed run reads the chunks of one buffer again and nothing else. Files in gzip are held in memory,
 * decompressed, because one cannot read on from any place in them: for those above a gigabyte there is `streamSource`.
 *
 * The fingerprint tells files, order and columns apart, but not what `parse` does.
 *
 * @throws {ClozeError} `DATA_INVALID` when there are no rows; and what `readRows` throws. So does `read`, with the line.
 */
export async function rowSource<Example>(
  paths: readonly string[],
  { parse, key, bufferBytes = BUFFER_BYTES, ...options }: RowSourceOptions<Example>,
): Promise<RowSource<Example>> {
  const files = [];
  for (const path of paths) files.push(await indexRows(path, { ...options, chunkBytes: CHUNK_BYTES }));
  const chunks = files.flatMap((file) => file.chunks);
  const numExamples = chunks.reduce((sum, { numRows }) => sum + numRows, 0);
  if (numExamples === 0) throw noRows(paths);
  const reader = new EpochReader(chunks, { key, bufferBytes });
  return {
    numExamples,
    start: { epoch: 0, position: 0 },
    fingerprint: fingerprint(
      'rowSource',
      ...files.map((file) => file.fingerprint),
      JSON.stringify(options.columns ?? null),
      bufferBytes,
      key?.toWords() ?? '',
    ),
    read: async (cursor, count) => {
      let { epoch, position } = epochCursorOf(cursor);
      const examples: Example[] = [];
      while (examples.length < count) {
        const rows = await reader.rowsFrom(epoch, position, count - examples.length);
        for (const row of rows) examples.push(parse(row));
        position += rows.length;
        if (position >= numExamples) [epoch, position] = [epoch + 1, 0];
      }
      return { examples, cursor: { epoch, position } };
    },
  };
}

/** Chunks that are read together. */
interface Buffer {
  /** The position of its first row in the epoch. */
  readonly begin: number;
  readonly numRows: number;
  readonly chunks: readonly RowChunk[];
}

class EpochReader {
  readonly #chunks: readonly RowChunk[];
  readonly #key: RandomKey | undefined;
  readonly #bufferBytes: number;
  #plan: { readonly epoch: number; readonly buffers: readonly Buffer[] } = { epoch: -1, buffers: [] };
  #held: { readonly epoch: number; readonly begin: number; readonly rows: Promise<readonly DataRow[]> } | undefined;

  constructor(
    chunks: readonly RowChunk[],
    { key, bufferBytes }: { readonly key: RandomKey | undefined; readonly bufferBytes: number },
  ) {
    this.#chunks = chunks;
    this.#key = key;
    this.#bufferBytes = bufferBytes;
  }

  /** The rows from a position of an epoch on: at least one and at most `count`. */
  async rowsFrom(epoch: number, position: number, count: number): Promise<readonly DataRow[]> {
    if (this.#plan.epoch !== epoch) this.#plan = { epoch, buffers: this.#buffersOf(epoch) };
    const buffer = this.#plan.buffers.findLast(({ begin }) => begin <= position);
    if (buffer === undefined || position >= buffer.begin + buffer.numRows) throw beyond(epoch, position);
    if (this.#held?.epoch !== epoch || this.#held.begin !== buffer.begin) {
      this.#held = { epoch, begin: buffer.begin, rows: this.#read(buffer, epoch) };
    }
    const rows = await this.#held.rows;
    return rows.slice(position - buffer.begin, position - buffer.begin + count);
  }

  #buffersOf(epoch: number): Buffer[] {
    const order = this.#key?.fold('chunks').fold(epoch).permutation(this.#chunks.length) ?? this.#chunks.keys();
    const buffers: Buffer[] = [];
    let begin = 0;
    let held: { readonly chunks: RowChunk[]; numRows: number; numBytes: number } | undefined;
    for (const index of order) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) continue;
      held ??= { chunks: [], numRows: 0, numBytes: 0 };
      held.chunks.push(chunk);
      held.numRows += chunk.numRows;
      held.numBytes += chunk.numBytes;
      if (held.numBytes < this.#bufferBytes) continue;
      buffers.push({ begin, ...held });
      begin += held.numRows;
      held = undefined;
    }
    return held === undefined ? buffers : [...buffers, { begin, ...held }];
  }

  async #read(buffer: Buffer, epoch: number): Promise<readonly DataRow[]> {
    const rows: DataRow[] = [];
    for (const chunk of buffer.chunks) for (const row of await chunk.read()) rows.push(row);
    const order = this.#key?.fold('rows').fold(epoch).fold(buffer.begin).permutation(rows.length);
    return order === undefined ? rows : Array.from(order, (index) => rows[index]).filter((row) => row !== undefined);
  }
}

function noRows(paths: readonly string[]): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: 'The data must hold at least one row, got none.',
    hint: 'Check that the files hold more than the names of columns.',
    file: paths.join(', '),
  });
}

function beyond(epoch: number, position: number): CheckpointError {
  return new CheckpointError('CHECKPOINT_MISMATCH', {
    message: `The data cursor must lie in the data, got position ${position} of epoch ${epoch}.`,
    hint: 'Resume with the files that the run was started with.',
  });
}
