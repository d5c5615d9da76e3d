import { describe, expect, it } from 'vitest';
import { checkZstd } from './codecs.ts';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** A block of one byte, again and again: the header says how often. */
const repeated = (size: number, isLast: boolean): number[] => {
  const header = (size << 3) | (1 << 1) | Number(isLast);
  return [header & 255, (header >> 8) & 255, header >> 16, 0x61];
};

describe('checkZstd', () => {
  it('accepts frames that hold what is expected', () => {
    checkZstd(Uint8Array.of(...MAGIC, 0x20, 100, ...repeated(100, true)), 100);
    checkZstd(Uint8Array.of(...MAGIC, 0x00, 0x58, ...repeated(60, false), ...repeated(40, true)), 100);
    const skipped = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2];
    checkZstd(Uint8Array.of(...skipped, ...MAGIC, 0x60, 0, 0, ...repeated(256, true)), 256);
  });

  it.each([
    ['holds more', [...MAGIC, 0x00, 0x58, ...repeated(60, false), ...repeated(41, true)]],
    ['claims to hold more', [...MAGIC, 0x20, 101, ...repeated(100, true)]],
    ['claims to hold more', [...MAGIC, 0xa0, 0xff, 0xff, 0xff, 0xff, ...repeated(100, true)]],
    ['claims to hold more', [...MAGIC, 0xe0, 0, 0, 0, 0, 0, 0, 0, 1, ...repeated(100, true)]],
    ['has too large a block', [...MAGIC, 0x00, 0x58, ...repeated(200_000, true)]],
    ['needs too large a window', [...MAGIC, 0x00, 0xf8, ...repeated(100, true)]],
    ['has another beginning', [1, 2, 3, 4, 5, 6, 7, 8]],
  ])('refuses a frame that %s', (what, bytes) => {
    expect(() => {
      checkZstd(Uint8Array.from(bytes), 100);
    }).toThrow(`the Zstandard frame ${what}`);
  });

  it('does not read on where a frame ends early', () => {
    expect(() => {
      checkZstd(Uint8Array.of(...MAGIC, 0x00, 0x58, ...repeated(60, false)), 100);
    }).toThrow(RangeError);
  });
});
