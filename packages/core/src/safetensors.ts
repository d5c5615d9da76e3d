import { ClozeError, ShapeError } from './errors.ts';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half-precision.ts';
import type { HostTensor } from './host-tensor.ts';
import {
  ELEMENT_BYTES,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from './safetensors-header.ts';

/** A file that can be read at any place, given from outside: core opens no files. */
export interface ByteReader {
  /** Names the file in errors. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A safetensors file whose header was checked and whose tensors are read one by one. */
export interface SafetensorsFile extends SafetensorsHeader {
  /** @throws {ClozeError} `SAFETENSORS_TRUNCATED` when the file ends early; undefined when there is no such tensor. */
  read(name: string): Promise<HostTensor | undefined>;
}

/**
 * Opens a safetensors file: reads and checks its header only.
 *
 * @throws {ClozeError} `SAFETENSORS_*`, `JSON_*` or `RESOURCE_LIMIT`.
 * @see <https://github.com/huggingface/safetensors#format>
 */
export async function openSafetensors(reader: ByteReader): Promise<SafetensorsFile> {
  const { file, size } = reader;
  const prefix = await reader.read(0, Math.min(LENGTH_BYTES, size));
  const length = headerLength(prefix, size, file);
  const header = parseHeader(await reader.read(LENGTH_BYTES, length), size, file);
  return {
    ...header,
    read: async (name) => {
      const entry = header.entries.get(name);
      if (entry === undefined) return undefined;
      const bytes = await reader.read(entry.begin, entry.end - entry.begin);
      if (bytes.length !== entry.end - entry.begin) {
        throw new ClozeError('SAFETENSORS_TRUNCATED', {
          message: `tensor "${name}" must have ${entry.end - entry.begin} bytes, ${bytes.length} were read.`,
          hint: 'The file changed while it was read; read it again.',
          file,
          offset: entry.begin,
          tensor: name,
        });
      }
      return decode(entry, bytes, name, file);
    },
  };
}

/**
 * Reads a whole safetensors file from memory. The tensors are copies or views of `bytes`; do not change it afterwards.
 *
 * @param file names the file in errors.
 * @throws {ClozeError} `SAFETENSORS_*`, `JSON_*` or `RESOURCE_LIMIT`.
 */
export function parseSafetensors(
  bytes: Uint8Array,
  file?: string,
): { readonly metadata: ReadonlyMap<string, string>; readonly tensors: Map<string, HostTensor> } {
  const length = headerLength(bytes.subarray(0, LENGTH_BYTES), bytes.length, file);
  const { metadata, entries } = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length), bytes.length, file);
  const tensors = new Map<string, HostTensor>();
  for (const [name, entry] of entries) {
    tensors.set(name, decode(entry, bytes.subarray(entry.begin, entry.end), name, file));
  }
  return { metadata, tensors };
}

/**
 * A safetensors file in pieces, header first, so that it can be written without holding it whole. The same tensors give the same bytes: they are
 * ordered by the size of their elements, largest first, then by name, as the reference implementation orders them.
 *
 * @param metadata default: `{ format: 'pt' }`, which Python's loaders want to see.
 * @throws {ShapeError} when a tensor has more or fewer elements than its shape.
 */
export function* safetensorsChunks(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: ReadonlyMap<string, string> = new Map([['format', 'pt']]),
): Generator<Uint8Array, void> {
  const ordered = [...tensors].sort(
    ([nameA, a], [nameB, b]) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype] || (nameA < nameB ? -1 : 1),
  );
  const header = Object.create(null) as Record<string, unknown>;
  header['__metadata__'] = Object.fromEntries(metadata);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    const size = shape.reduce((product, length) => product * length, 1);
    if (size !== data.length) {
      throw new ShapeError({
        message: `tensor "${name}" of shape [${shape.join(', ')}] must have ${size} elements, got ${data.length}.`,
        hint: 'Give it the shape of its data.',
        tensor: name,
      });
    }
    const end = offset + size * ELEMENT_BYTES[dtype];
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Padded with spaces, so that the data is aligned.
  const padded = new Uint8Array(LENGTH_BYTES + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - LENGTH_BYTES), true);
  padded.set(json, LENGTH_BYTES);
  yield padded;
  for (const [, tensor] of ordered) yield encode(tensor);
}

/** A whole safetensors file in memory; see {@link safetensorsChunks}. */
export function serializeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata?: ReadonlyMap<string, string>,
): Uint8Array {
  const chunks = [...safetensorsChunks(tensors, metadata)];
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function decode(entry: SafetensorsEntry, given: Uint8Array, name: string, file?: string): HostTensor {
  const { dtype, shape } = entry;
  // A plain array: Node's Buffer is a Uint8Array whose slice does not copy.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.length);
  switch (dtype) {
    case 'F32':
      return { dtype, shape, data: new Float32Array(...aligned(bytes, 4)) };
    case 'F16':
      return { dtype, shape, data: fromFloat16(new Uint16Array(...aligned(bytes, 2))) };
    case 'BF16':
      return { dtype, shape, data: fromBfloat16(new Uint16Array(...aligned(bytes, 2))) };
    case 'I32':
      return { dtype, shape, data: new Int32Array(...aligned(bytes, 4)) };
    case 'I64':
      return { dtype, shape, data: new BigInt64Array(...aligned(bytes, 8)) };
    case 'U8':
      return { dtype, shape, data: bytes };
    case 'BOOL':
      if (bytes.some((byte) => byte > 1)) {
        throw new ClozeError('SAFETENSORS_VALUE', {
          offset: entry.begin + bytes.findIndex((byte) => byte > 1),
          message: `tensor "${name}" of BOOL must hold bytes 0 and 1 only.`,
          hint: 'The file is damaged; download or write it again.',
          file,
          tensor: name,
        });
      }
      return { dtype, shape, data: bytes };
  }
}

function encode({ dtype, data }: HostTensor): Uint8Array {
  const raw =
    data instanceof Float32Array && dtype === 'F16'
      ? toFloat16(data)
      : data instanceof Float32Array && dtype === 'BF16'
        ? toBfloat16(data)
        : data;
  return new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
}

/** Typed arrays must begin at a multiple of their element size; a file's header may be of any length. */
function aligned(bytes: Uint8Array, elementBytes: number): [ArrayBufferLike, number, number] {
  const { buffer, byteOffset } = bytes.byteOffset % elementBytes === 0 ? bytes : bytes.slice();
  return [buffer, byteOffset, bytes.length / elementBytes];
}
