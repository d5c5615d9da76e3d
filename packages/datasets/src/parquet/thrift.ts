import { ClozeError } from '@cloze/core';

/** The types of Thrift's compact protocol that Parquet uses. */
const TYPES = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
};
const INTEGERS: readonly number[] = [TYPES.byte, TYPES.i16, TYPES.i32, TYPES.i64];
/** Parquet's own structures are seven deep. */
const MAX_DEPTH = 16;
/** Bytes of a 64-bit number. */
const MAX_VARINT_BYTES = 10;

/** What to do with the fields of a structure, by number; all others are skipped. */
export type ThriftFields = Readonly<Record<number, () => void>>;

/**
 * Reads Thrift's compact protocol from bytes that may say anything: every length is compared with what is left before it is used, numbers end,
 * nesting is bounded, and what nobody asks for takes no memory.
 *
 * @throws {ClozeError} from every method: `DATA_INVALID` with the file and the offset.
 * @see <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>
 */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  readonly #offset: number;
  #position: number;
  #depth = 0;
  /** Of the value that comes next. */
  #type = TYPES.struct;

  /** @param where the file that the bytes are from, where in it they begin, and where in them to begin. */
  constructor(bytes: Uint8Array, where: { readonly file: string; readonly offset: number; readonly begin?: number }) {
    this.#bytes = bytes;
    this.#file = where.file;
    this.#offset = where.offset;
    this.#position = where.begin ?? 0;
  }

  /** Where in the bytes the next value begins. */
  get position(): number {
    return this.#position;
  }

  /** Reads a structure. Each function reads the one value that it is called for. */
  struct(fields: ThriftFields): void {
    this.#expect([TYPES.struct], 'a structure');
    this.#enter();
    let id = 0;
    for (let header = this.#byte(); header !== 0; header = this.#byte()) {
      const delta = header >> 4;
      id = delta === 0 ? this.#zigzag() : id + delta;
      this.#type = header & 0x0f;
      const read = fields[id];
      if (read === undefined) this.#skip();
      else read();
    }
    this.#depth--;
  }

  /** Reads a list; `read` reads one element. */
  list<Item>(read: () => Item): Item[] {
    this.#expect([TYPES.list], 'a list');
    const { size, type } = this.#listHeader();
    const items: Item[] = [];
    for (let index = 0; index < size; index++) {
      this.#type = type;
      items.push(read());
    }
    return items;
  }

  /** Reads an integer; beyond 2^53 only nearly, so that checking its range is enough. */
  integer(): number {
    this.#expect(INTEGERS, 'an integer');
    if (this.#type !== TYPES.byte) return this.#zigzag();
    const byte = this.#byte();
    return byte < 128 ? byte : byte - 256;
  }

  boolean(): boolean {
    this.#expect([TYPES.true, TYPES.false], 'a truth value');
    return this.#type === TYPES.true;
  }

  text(): string {
    this.#expect([TYPES.binary], 'a text');
    const begin = this.#position;
    const length = this.#varint();
    const bytes = this.#take(length);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (cause) {
      throw this.#error('text that is UTF-8', begin, cause);
    }
  }

  #skip(): void {
    const type = this.#type;
    if (type === TYPES.true || type === TYPES.false) return;
    if (type === TYPES.byte) this.#take(1);
    else if (INTEGERS.includes(type)) this.#varint();
    else if (type === TYPES.double) this.#take(8);
    else if (type === TYPES.binary) this.#take(this.#varint());
    else if (type === TYPES.struct) this.struct({});
    else if (type === TYPES.list || type === TYPES.set) this.#skipList();
    else throw this.#error('a known type', this.#position);
  }

  #skipList(): void {
    const { size, type } = this.#listHeader();
    this.#enter();
    // Truth values take no byte as fields and one in lists.
    const elementType = type === TYPES.true || type === TYPES.false ? TYPES.byte : type;
    for (let index = 0; index < size; index++) {
      this.#type = elementType;
      this.#skip();
    }
    this.#depth--;
  }

  #listHeader(): { readonly size: number; readonly type: number } {
    const begin = this.#position;
    const header = this.#byte();
    const size = header >> 4 === 15 ? this.#varint() : header >> 4;
    // Each element takes a byte at least.
    if (size > this.#bytes.length - this.#position) throw this.#error('a list that fits', begin);
    return { size, type: header & 0x0f };
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #varint(): number {
    const begin = this.#position;
    let value = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 128) return value;
    }
    throw this.#error('a number of at most 64 bits', begin);
  }

  #byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw this.#error('more bytes', this.#position);
    this.#position++;
    return byte;
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#position) throw this.#error('a value that fits', this.#position);
    this.#position += length;
    return this.#bytes.subarray(this.#position - length, this.#position);
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`structures of at most ${MAX_DEPTH} levels`, this.#position);
  }

  #expect(types: readonly number[], what: string): void {
    if (!types.includes(this.#type)) throw this.#error(what, this.#position);
  }

  #error(what: string, position: number, cause?: unknown): ClozeError {
    return new ClozeError('DATA_INVALID', {
      message: `Parquet's metadata must hold ${what} here.`,
      hint: 'The file is damaged; download or write it again.',
      file: this.#file,
      offset: this.#offset + position,
      cause,
    });
  }
}
