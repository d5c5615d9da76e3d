import { describe, expect, it } from 'vitest';
import { formatBytes, formatMilliseconds, formatRatio } from './format.ts';

describe('the formats of figures', () => {
  it('keep three significant digits of times and group thousands', () => {
    expect([1.234, 26.04, 651.4, 18_685.3].map(formatMilliseconds)).toEqual(['1.23', '26.0', '651', '18,685']);
  });

  it('give sizes in decimal units', () => {
    expect([246e6, 2_913e6].map(formatBytes)).toEqual(['246 MB', '2.91 GB']);
  });

  it('give ratios with their spread, where there is one', () => {
    expect(formatRatio({ median: 1.254, min: 1.2, max: 1.31 })).toBe('1.25x (1.20-1.31)');
    expect(formatRatio({ median: 201.3, min: 201.3, max: 201.3 })).toBe('201x');
  });
});
