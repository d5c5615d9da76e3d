import { TokenizerError } from '../errors.ts';

/** One field of a protobuf message: a number (varint or 32 bits) or bytes. */
export interface ProtobufField {
  readonly number: number;
  /** The value of a varint; the raw bits of a 32-bit field. */
  readonly value: number;
  readonly bytes: Uint8Array;
  /** Where in the file the field begins. */
  readonly offset: number;
}

const VARINT = 0;
const BITS_64 = 1;
const BYTES = 2;
const BITS_32 = 5;
const EMPTY = new Uint8Array(0);

/**
 * The fields of a message in order.
 *
 * @throws {TokenizerError} `TOKENIZER_PROTOBUF` with the byte offset where the file is damaged.
 * @see <https://protobuf.dev/programming-guides/encoding/>
 */
export function* readFields(
  message: Uint8Array,
  { file, base = 0 }: { file?: string | undefined; base?: number } = {},
): Generator<ProtobufField> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const fail = (what: string): never => {
    throw new TokenizerError('TOKENIZER_PROTOBUF', what, {
      file,
      offset: base + at,
      hint: 'The file is damaged or no protobuf.',
    });
  };
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= message.length) return fail('a number must not be cut off');
      const byte = message[at++] ?? 0;
      // Beyond 2^53 only the sign bits of negative numbers follow; nothing here needs them exactly.
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return fail('a number must have at most ten bytes');
  };
  while (at < message.length) {
    const offset = base + at;
    const tag = varint();
    const number = Math.floor(tag / 8);
    const kind = tag % 8;
    if (kind === VARINT) {
      yield { number, value: varint(), bytes: EMPTY, offset };
    } else if (kind === BYTES) {
      const length = varint();
      if (length > message.length - at)
        fail(`a field of ${length} bytes must fit into the ${message.length - at} that remain`);
      const bytes = message.subarray(at, at + length);
      at += length;
      yield { number, value: 0, bytes, offset: base + at - length };
    } else if (kind === BITS_32 && at + 4 <= message.length) {
      yield { number, value: view.getUint32(at, true), bytes: message.subarray(at, at + 4), offset };
      at += 4;
    } else if (kind === BITS_64 && at + 8 <= message.length) {
      at += 8;
    } else {
      fail(`a field must be of a known kind and complete, not kind ${kind}`);
    }
  }
}

/** The float that the bits of a 32-bit field hold. */
export function toFloat(field: ProtobufField): number {
  return new Float32Array(Uint32Array.of(field.value).buffer)[0] ?? 0;
}
