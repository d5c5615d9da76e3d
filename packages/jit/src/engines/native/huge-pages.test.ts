import { describe, expect, it } from 'vitest';
import { adviseHugePages } from './huge-pages.ts';

describe('adviseHugePages', () => {
  it('leaves memory as it is, large or small, whether or not the system grants the pages', () => {
    for (const byteLength of [4096, 8 * 1024 * 1024 + 4096]) {
      const memory = new SharedArrayBuffer(byteLength);
      adviseHugePages({ memory, byteLength });
      const bytes = new Uint8Array(memory);
      expect(bytes.every((byte) => byte === 0)).toBe(true);
      bytes[byteLength - 1] = 7;
      expect(bytes.at(-1)).toBe(7);
    }
  });
});
