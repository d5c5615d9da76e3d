import { describe, expect, it } from 'vitest';
import { createBufferInHugePages } from './huge-pages.ts';

describe('createBufferInHugePages', () => {
  it.each([4096, 4 * 1024 * 1024, 8 * 1024 * 1024 + 4096])(
    'gives %i bytes of zeros, whether or not the system grants the pages',
    (length) => {
      const { memory, byteOffset, byteLength } = createBufferInHugePages(length);
      expect(byteLength).toBe(length);
      const bytes = new Uint8Array(memory, byteOffset, byteLength);
      expect(bytes.every((byte) => byte === 0)).toBe(true);
      bytes[byteLength - 1] = 7;
      expect(bytes.at(-1)).toBe(7);
    },
  );
});
