import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatLoss, formatMillions, plural } from './format.ts';

describe('numbers', () => {
  it('carry separators and units', () => {
    expect([0, 999, 1234567].map(formatCount)).toEqual(['0', '999', '1,234,567']);
    expect([807_000, 10_650_000, 124_439_808, 1_500_000_000].map(formatMillions)).toEqual([
      '0.81 M',
      '10.7 M',
      '124 M',
      '1.50 B',
    ]);
    expect([0, 999, 1000, 1_115_394, 494_000_000, 2.5e12].map(formatBytes)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.0 kB',
      '1.1 MB',
      '494 MB',
      '2.5 TB',
    ]);
    expect([4.17439, 1.8, 0.00123].map(formatLoss)).toEqual(['4.174', '1.800', '1.23e-3']);
    expect([1, 2].map((count) => plural(count, 'file'))).toEqual(['1 file', '2 files']);
  });

  it('tell time in its two largest units', () => {
    expect([0, 0.42, 9.96, 59.4, 60, 200, 3599.6, 7500, 97_200].map(formatDuration)).toEqual([
      '0.0 s',
      '0.4 s',
      '10 s',
      '59 s',
      '1 min 0 s',
      '3 min 20 s',
      '1 h 0 min',
      '2 h 5 min',
      '1 d 3 h',
    ]);
  });
});
