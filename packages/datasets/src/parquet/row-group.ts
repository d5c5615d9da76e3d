import type { ByteReader } from '@cloze/core';
import type { AsyncBuffer, DecodedArray, FileMetaData, RowGroup } from 'hyparquet';
import type { Decoder } from './decoder.ts';
import { DecodingBudget, type DecodingLimits } from './decoding-budget.ts';
import { invalid, type Place } from './errors.ts';
import { chunkRange, type ParquetFooter } from './footer.ts';
import { checkPages, type ColumnChunk } from './pages.ts';

/** The file that a row group is of. */
export interface RowGroupContext {
  readonly reader: ByteReader;
  readonly footer: ParquetFooter;
  readonly decoder: Decoder;
  readonly limits: DecodingLimits;
}

/** Reads, checks and decodes columns of a row group; the rows are made one by one. */
export async function readRowGroup(
  group: RowGroup,
  names: readonly string[],
  { reader, footer, decoder, limits }: RowGroupContext,
): Promise<Iterable<Readonly<Record<string, unknown>>>> {
  const chunks = await readChunks(group, names, footer, reader);
  const budget = new DecodingBudget(
    limits,
    chunks.reduce((sum, { bytes }) => sum + bytes.length, 0),
  );
  for (const chunk of chunks) checkPages(chunk, { codecs: decoder.codecs, budget });
  const numRows = Number(group.num_rows);
  const metadata = { ...footer.metadata, row_groups: [group], num_rows: group.num_rows };
  const columns = await decode(decoder, { metadata, chunks, names });
  const place = { file: reader.file, offset: chunks[0]?.place.offset ?? 0 };
  for (const [name, values] of columns) {
    if (values.length === numRows) continue;
    throw invalid(place, `must have ${numRows} rows in "${name}", got ${values.length}`);
  }
  return rowsOf(columns, numRows, place);
}

async function readChunks(
  group: RowGroup,
  names: readonly string[],
  footer: ParquetFooter,
  reader: ByteReader,
): Promise<ColumnChunk[]> {
  const chunks: ColumnChunk[] = [];
  for (const [index, column] of footer.columns.entries()) {
    const chunk = group.columns[index]?.meta_data;
    if (chunk === undefined || !names.includes(column.path[0] ?? '')) continue;
    const { begin, end } = chunkRange(chunk);
    const place = { file: reader.file, offset: begin };
    const bytes = await reader.read(begin, end - begin);
    if (bytes.length !== end - begin) throw invalid(place, 'ends early: it changed while it was read');
    chunks.push({ bytes, column, codec: chunk.codec, numValues: Number(chunk.num_values), place });
  }
  return chunks;
}

interface DecodingInputs {
  readonly metadata: FileMetaData;
  readonly chunks: readonly ColumnChunk[];
  readonly names: readonly string[];
}

/** The values of the columns by name, as hyparquet gives them. */
async function decode(
  { parquetRead, codecs }: Decoder,
  { metadata, chunks, names }: DecodingInputs,
): Promise<ReadonlyMap<string, ArrayLike<unknown>>> {
  const pieces = new Map<string, DecodedArray[]>(names.map((name) => [name, []]));
  const [first] = chunks;
  if (first === undefined) return new Map();
  try {
    await parquetRead({
      file: bufferOf(chunks),
      metadata,
      columns: [...names],
      compressors: codecs,
      utf8: false,
      parsers: { stringFromBytes: toText },
      onChunk: ({ columnName, columnData }) => pieces.get(columnName)?.push(columnData),
    });
  } catch (cause) {
    throw invalid(first.place, 'must have values of the types that it says', cause);
  }
  return new Map([...pieces].map(([name, parts]) => [name, joined(parts)]));
}

/** What hyparquet reads: the chunks at their places. It reads neighbours together, so there may be a gap in what it asks for. */
function bufferOf(chunks: readonly ColumnChunk[]): AsyncBuffer {
  return {
    byteLength: Math.max(...chunks.map(({ bytes, place }) => place.offset + bytes.length)),
    slice: (start, end = start) => {
      const slice = new Uint8Array(end - start);
      for (const { bytes, place } of chunks) {
        const part = bytes.subarray(Math.max(0, start - place.offset), Math.max(0, end - place.offset));
        if (part.length > 0) slice.set(part, Math.max(0, place.offset - start));
      }
      return slice.buffer;
    },
  };
}

function joined(parts: readonly DecodedArray[]): ArrayLike<unknown> {
  const [first = []] = parts;
  return parts.length <= 1 ? first : parts.flatMap((part) => Array.from<unknown>(part));
}

function* rowsOf(
  columns: ReadonlyMap<string, ArrayLike<unknown>>,
  numRows: number,
  place: Place,
): Generator<Readonly<Record<string, unknown>>, void, void> {
  for (let index = 0; index < numRows; index++) {
    // Without a prototype every name is data.
    const row = Object.create(null) as Record<string, unknown>;
    for (const [name, values] of columns) row[name] = toValue(values[index], name, place);
    yield row;
  }
}

function toValue(value: unknown, name: string, place: Place): unknown {
  // How hyparquet says that a list is missing.
  if (value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map((item) => toValue(item, name, place));
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw invalid(place, `must have dates within 275,760 years in "${name}"`);
    return value;
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toValue(item, name, place)]));
}

function toText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
