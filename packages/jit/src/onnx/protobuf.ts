/**
 * A writer for the protobuf wire format: varints, 32-bit floats and length-delimited fields, which is all that an ONNX model needs.
 *
 * Nested messages are collected as chunks and measured before their length is written, so weights are never copied twice.
 *
 * @see Protocol Buffers, "Encoding". <https://protobuf.dev/programming-guides/encoding/>
 */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** The number of bytes written so far. */
  get byteLength(): number {
    return this.#length;
  }

  /** An `int32`, `int64` or `enum` field. Safe integers only; negative ones take ten bytes, as protobuf has it. */
  integer(field: number, value: number): this {
    return this.#push(encodeVarint(field * 8)).#push(encodeVarint(value));
  }

  /** A `float` field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(encodeVarint(field * 8 + 5)).#push(bytes);
  }

  /** A `bytes` field. The bytes are referenced, not copied, until `finish`. */
  bytes(field: number, value: Uint8Array): this {
    return this.#push(encodeVarint(field * 8 + 2))
      .#push(encodeVarint(value.byteLength))
      .#push(value);
  }

  /** A `string` field in UTF-8. */
  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** A nested message. */
  message(field: number, write: (message: ProtobufWriter) => void): this {
    const nested = new ProtobufWriter();
    write(nested);
    this.#push(encodeVarint(field * 8 + 2)).#push(encodeVarint(nested.#length));
    for (const chunk of nested.#chunks) this.#push(chunk);
    return this;
  }

  /** A packed repeated `int64` field. */
  packedIntegers(field: number, values: readonly number[]): this {
    return this.message(field, (packed) => {
      for (const value of values) packed.#push(encodeVarint(value));
    });
  }

  /** Appends whole other messages' fields. */
  concat(others: readonly ProtobufWriter[]): this {
    for (const other of others) for (const chunk of other.#chunks) this.#push(chunk);
    return this;
  }

  /** All bytes in one array. */
  finish(): Uint8Array {
    const result = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      result.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return result;
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    return this;
  }
}

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
