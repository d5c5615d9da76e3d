import type { Spread } from './statistics.ts';

/** Milliseconds with three significant digits, thousands grouped. */
export function formatMilliseconds(milliseconds: number): string {
  return formatNumber(milliseconds, milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0);
}

/** `1.2 GB`, decimal. */
export function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${formatNumber(bytes / 1e6, 0)} MB` : `${formatNumber(bytes / 1e9, 2)} GB`;
}

/** `1.25x (1.20-1.31)`. */
export function formatRatio({ median, min, max }: Spread): string {
  const digits = median < 10 ? 2 : median < 100 ? 1 : 0;
  const spread = min === max ? '' : ` (${min.toFixed(digits)}-${max.toFixed(digits)})`;
  return `${median.toFixed(digits)}x${spread}`;
}

/** Thousands grouped, a fixed number of digits after the point. */
export function formatNumber(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
