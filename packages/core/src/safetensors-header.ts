import { ClozeError, type ErrorCode } from './errors.ts';
import type { HostDtype } from './host-tensor.ts';
import { isJsonObject, parseJson, type JsonValue } from './json.ts';
import { checkLimit, LIMITS } from './limits.ts';

/** Bytes per element. */
export const ELEMENT_BYTES: Readonly<Record<HostDtype, number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  I32: 4,
  I64: 8,
  U8: 1,
  BOOL: 1,
};

/** What the header says of one tensor. */
export interface SafetensorsEntry {
  readonly dtype: HostDtype;
  readonly shape: readonly number[];
  /** First byte in the file. */
  readonly begin: number;
  /** Byte after the last one in the file. */
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
}

/** Length of the field that holds the header's length. */
export const LENGTH_BYTES = 8;

/**
 * The length of the header that follows the first eight bytes.
 *
 * @param prefix the first eight bytes, or all of a shorter file.
 * @throws {ClozeError} `SAFETENSORS_TRUNCATED`, or `RESOURCE_LIMIT` above 100,000,000 bytes.
 */
export function headerLength(prefix: Uint8Array, fileSize: number, file?: string): number {
  if (prefix.length < LENGTH_BYTES || fileSize < LENGTH_BYTES) {
    throw damaged('SAFETENSORS_TRUNCATED', `A safetensors file has at least 8 bytes, got ${fileSize}.`, 0, file);
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, LENGTH_BYTES);
  const length = view.getBigUint64(0, true);
  const limit = LIMITS.safetensorsHeaderBytes;
  checkLimit('The safetensors header length', length, { name: 'safetensorsHeaderBytes', limit }, { file, offset: 0 });
  if (Number(length) > fileSize - LENGTH_BYTES) {
    const rest = fileSize - LENGTH_BYTES;
    const message = `The header must fit into the file: ${length.toLocaleString('en-US')} bytes are announced, ${rest.toLocaleString('en-US')} follow.`;
    throw damaged('SAFETENSORS_TRUNCATED', message, 0, file);
  }
  return Number(length);
}

/**
 * Checks a header against the size of the file. Afterwards every tensor lies inside the file, has as many bytes as its shape and type need, and the
 * tensors cover all bytes exactly once.
 *
 * @param header the JSON text after the length field.
 * @throws {ClozeError} `SAFETENSORS_*` or `JSON_*` with the byte offset.
 */
export function parseHeader(header: Uint8Array, fileSize: number, file?: string): SafetensorsHeader {
  // Padding may stand on either side; the reference implementation takes it too.
  const json = parseJson(header, { file, offset: LENGTH_BYTES, numbers: 'counts' });
  if (!isJsonObject(json)) throw damaged('SAFETENSORS_HEADER', 'The header must be a JSON object.', LENGTH_BYTES, file);
  const dataStart = LENGTH_BYTES + header.length;
  const entries = new Map<string, SafetensorsEntry>();
  let metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(value, file);
    else entries.set(name, parseEntry(name, value, dataStart, fileSize, file));
  }
  checkCoverage(entries, dataStart, fileSize, file);
  return { metadata, entries };
}

function parseMetadata(value: JsonValue, file: string | undefined): Map<string, string> {
  const metadata = new Map<string, string>();
  const pairs = isJsonObject(value) ? Object.entries(value) : [['', value] as const];
  for (const [key, text] of pairs) {
    if (typeof text !== 'string') {
      throw damaged('SAFETENSORS_HEADER', '__metadata__ must be an object of strings.', LENGTH_BYTES, file);
    }
    metadata.set(key, text);
  }
  return metadata;
}

function parseEntry(
  name: string,
  value: JsonValue,
  dataStart: number,
  fileSize: number,
  file: string | undefined,
): SafetensorsEntry {
  const fail = (code: ErrorCode, message: string): ClozeError =>
    damaged(code, `tensor ${quote(name)}: ${message}`, LENGTH_BYTES, file, name);
  const keys = isJsonObject(value) ? Object.keys(value).sort().join() : '';
  if (!isJsonObject(value) || keys !== 'data_offsets,dtype,shape') {
    throw fail('SAFETENSORS_HEADER', `it must have dtype, shape and data_offsets and nothing else, got ${keys}.`);
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !isDtype(dtype)) {
    const known = Object.keys(ELEMENT_BYTES).join(', ');
    throw fail('SAFETENSORS_DTYPE', `the dtype must be one of ${known}, got ${quote(dtype ?? null)}.`);
  }
  if (!isCounts(shape)) throw fail('SAFETENSORS_SHAPE', 'the shape must be a list of non-negative integers.');
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw fail('SAFETENSORS_OFFSETS', 'data_offsets must be two non-negative integers.');
  }
  const [begin = 0, end = 0] = offsets;
  const available = fileSize - dataStart;
  if (begin > end || end > available) {
    throw fail('SAFETENSORS_OFFSETS', `data_offsets must lie in [0, ${available}] in order, got [${begin}, ${end}].`);
  }
  const bytes = shape.reduce((product, length) => product * BigInt(length), BigInt(ELEMENT_BYTES[dtype]));
  if (bytes !== BigInt(end - begin)) {
    throw fail(
      'SAFETENSORS_SHAPE',
      `${dtype} [${shape.join(', ')}] needs ${bytes.toString()} bytes, data_offsets give ${end - begin}.`,
    );
  }
  return { dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

function checkCoverage(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  dataStart: number,
  fileSize: number,
  file: string | undefined,
): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let previous = { name: 'the header', end: dataStart };
  for (const [name, { begin, end }] of ordered) {
    if (begin !== previous.end) {
      const isOverlap = begin < previous.end;
      const message = isOverlap
        ? `tensor ${quote(name)} [${begin}, ${end}) overlaps ${quote(previous.name)}, which ends at ${previous.end}.`
        : `${begin - previous.end} bytes before tensor ${quote(name)} belong to no tensor.`;
      throw damaged(
        isOverlap ? 'SAFETENSORS_OVERLAP' : 'SAFETENSORS_HOLE',
        message,
        Math.min(begin, previous.end),
        file,
        name,
      );
    }
    previous = { name, end };
  }
  if (previous.end !== fileSize) {
    const message = `${(fileSize - previous.end).toLocaleString('en-US')} bytes follow the last tensor.`;
    throw damaged('SAFETENSORS_TRAILING', message, previous.end, file);
  }
}

function isDtype(value: string): value is HostDtype {
  return Object.hasOwn(ELEMENT_BYTES, value);
}

function isCounts(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function quote(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

function damaged(code: ErrorCode, message: string, offset: number, file?: string, tensor?: string): ClozeError {
  const hint = 'The file is damaged or hostile; download or write it again.';
  return new ClozeError(code, { message, hint, offset, file, tensor });
}
