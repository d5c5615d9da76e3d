import { fc, it as forAll } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decodeRuns } from './run-lengths.ts';

describe('decodeRuns', () => {
  const runs = fc.integer({ min: 1, max: 32 }).chain((bitWidth) => {
    const value = fc.integer({ min: 0, max: 2 ** bitWidth - 1 });
    const repeated = fc.record({ value, count: fc.integer({ min: 1, max: 300 }) });
    const packed = fc.array(value, { minLength: 8, maxLength: 64 });
    return fc.record({ bitWidth: fc.constant(bitWidth), parts: fc.array(fc.oneof(repeated, packed)) });
  });

  forAll.prop([runs])('reads what was written', ({ bitWidth, parts }) => {
    const bytes: number[] = [];
    const values: number[] = [];
    for (const part of parts) {
      if (Array.isArray(part)) {
        const whole = part.slice(0, part.length - (part.length % 8));
        bytes.push(...varint(((whole.length / 8) << 1) | 1), ...pack(whole, bitWidth));
        values.push(...whole);
      } else {
        bytes.push(...varint(part.count << 1), ...pack([part.value], Math.ceil(bitWidth / 8) * 8));
        values.push(...Array.from({ length: part.count }, () => part.value));
      }
    }
    expect(decodeRuns(Uint8Array.from(bytes), bitWidth, values.length)).toEqual(Uint32Array.from(values));
    expect(decodeRuns(Uint8Array.from(bytes.slice(0, -1)), bitWidth, values.length + 1)).toBeUndefined();
  });

  it('leaves padding out', () => {
    expect(decodeRuns(Uint8Array.of(3, 0b10001000, 0b11000110, 0b11111010), 3, 3)).toEqual(Uint32Array.of(0, 1, 2));
  });

  it.each([
    ['a run of 2^31 values', [0xfe, 0xff, 0xff, 0xff, 0x0f, 1], 1],
    ['a run of nothing', [0, 1], 1],
    ['packed values without bits', [0xff, 0xff, 0xff, 0xff, 0x0f], 0],
    ['a length without an end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80], 1],
    ['no bytes', [], 1],
  ])('refuses %s', (_, bytes, bitWidth) => {
    expect(decodeRuns(Uint8Array.from(bytes), bitWidth, 10)).toBeUndefined();
  });
});

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function pack(values: readonly number[], bitWidth: number): number[] {
  const bits = values.reduceRight((all, value) => (all << BigInt(bitWidth)) | BigInt(value), 0n);
  return Array.from({ length: Math.ceil((values.length * bitWidth) / 8) }, (_, index) =>
    Number((bits >> BigInt(8 * index)) & 255n),
  );
}
