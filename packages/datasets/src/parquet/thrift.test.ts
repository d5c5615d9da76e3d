import { describe, expect, it } from 'vitest';
import { ThriftReader } from './thrift.ts';

const reader = (...bytes: number[]): ThriftReader =>
  new ThriftReader(Uint8Array.from(bytes), { file: 'x', offset: 100 });

describe('ThriftReader', () => {
  it('reads the fields that are asked for and skips all others', () => {
    const thrift = reader(
      ...[0x15, 0x03], // 1: i32 -2
      ...[0x18, 0x02, 0xc3, 0xbc], // 2: text
      ...[0x11], // 3: true
      ...[0x19, 0x28, 0x01, 0x61, 0x00], // 4: two texts
      ...[0x1c, 0x19, 0x31, 1, 2, 1, 0x00], // 5: a structure with a list of truth values
      ...[0x17, 0, 0, 0, 0, 0, 0, 0, 0], // 6: double
      ...[0x13, 0xff], // 7: byte -1
      ...[0x06, 0x50, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], // 40: i64 2^48
      ...[0x00, 0xee],
    );
    const seen: unknown[] = [];
    thrift.struct({
      1: () => seen.push(thrift.integer()),
      2: () => seen.push(thrift.text()),
      3: () => seen.push(thrift.boolean()),
      4: () => seen.push(thrift.list(() => thrift.text())),
      7: () => seen.push(thrift.integer()),
      40: () => seen.push(thrift.integer()),
    });
    expect(seen).toEqual([-2, '\u00fc', true, ['a', ''], -1, 2 ** 48]);
    expect(thrift.position).toBe(41);
  });

  it.each<[string, number[]]>([
    ['more bytes', [0x15]],
    ['a list that fits', [0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a number of at most 64 bits', [0x15, ...Array.from({ length: 11 }, () => 0x80)]],
    ['a value that fits', [0x18, 0x05, 0x61]],
    ['structures of at most 16 levels', Array.from({ length: 100_000 }, () => 0x1c)],
    ['structures of at most 16 levels', Array.from({ length: 100_000 }, () => 0x19)],
    ['a known type', [0x1f]],
  ])('asks for %s', (what, bytes) => {
    expect(() => {
      reader(...bytes).struct({});
    }).toThrow(`Parquet's metadata must hold ${what} here. The file is damaged; download or write it again.`);
  });

  it.each([
    ['a list', (thrift: ThriftReader) => thrift.list(() => 0)],
    ['a text', (thrift: ThriftReader) => thrift.text()],
    ['a structure', structure],
    ['a truth value', (thrift: ThriftReader) => thrift.boolean()],
  ] as const)('asks for %s where another value is', (what, read) => {
    const thrift = reader(0x15, 0x02, 0x00);
    expect(() => {
      thrift.struct({ 1: () => read(thrift) });
    }).toThrow(`DATA_INVALID: x @ byte 101: Parquet's metadata must hold ${what} here.`);
  });

  it('takes no bytes for text that are none', () => {
    const thrift = reader(0x18, 0x01, 0xff, 0x00);
    expect(() => {
      thrift.struct({ 1: () => thrift.text() });
    }).toThrow('text that is UTF-8');
  });
});

function structure(thrift: ThriftReader): void {
  thrift.struct({});
}
