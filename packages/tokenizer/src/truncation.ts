import type { Direction, Encoding } from './encoding.ts';
import { TokenizerError } from './errors.ts';

/** How long encodings may become, special tokens included. */
export interface Truncation {
  readonly maxLength: number;
  /** Which text of a pair gives way. Default `longest-first`. */
  readonly strategy?: 'longest-first' | 'only-first' | 'only-second';
  /** Tokens that neighbouring windows of the overflow share. Default 0. */
  readonly stride?: number;
  /** Which end is cut. Default right. */
  readonly direction?: Direction;
}

/**
 * One or two encodings, cut so that together they have at most `truncation.maxLength - reserved` tokens.
 *
 * @throws {TokenizerError} `USAGE` when the chosen text alone cannot give way far enough, or special tokens alone are too many.
 */
export function truncate(encodings: readonly Encoding[], truncation: Truncation, reserved: number): Encoding[] {
  const { strategy = 'longest-first', stride = 0, direction = 'right' } = truncation;
  const maxLength = truncation.maxLength - reserved;
  if (maxLength < 0) {
    throw new TokenizerError(
      'USAGE',
      `truncation.maxLength (${truncation.maxLength}) must hold the ${reserved} special tokens`,
    );
  }
  const total = encodings.reduce((sum, encoding) => sum + encoding.length, 0);
  if (total <= maxLength) return [...encodings];
  if (maxLength === 0) return encodings.map((encoding) => encoding.truncate(0, stride, direction));
  const lengths = encodings.map((encoding) => encoding.length);
  if (strategy === 'longest-first') {
    const [first, second] = fittingLengths(lengths[0] ?? 0, lengths[1], maxLength);
    return encodings.map((encoding, index) => encoding.truncate(index === 0 ? first : second, stride, direction));
  }
  const target = strategy === 'only-first' ? 0 : 1;
  const kept = (lengths[target] ?? 0) - (total - maxLength);
  if (kept <= 0) {
    throw new TokenizerError(
      'USAGE',
      `${strategy} truncation must leave a token of that text within ${maxLength} tokens`,
      {
        actual: `lengths ${lengths.join(' and ')}`,
        hint: 'Use longest-first, or a larger maxLength.',
      },
    );
  }
  return encodings.map((encoding, index) => (index === target ? encoding.truncate(kept, stride, direction) : encoding));
}

/** Tokens are taken from the longer text until both are equally long, then from both. */
function fittingLengths(first: number, second: number | undefined, maxLength: number): [number, number] {
  if (second === undefined) return [maxLength, 0];
  const shorter = Math.min(first, second);
  let kept = shorter;
  let longer = shorter > maxLength ? shorter : Math.max(shorter, maxLength - shorter);
  if (kept + longer > maxLength) {
    kept = Math.floor(maxLength / 2);
    longer = kept + (maxLength % 2);
  }
  return first > second ? [longer, kept] : [kept, longer];
}
