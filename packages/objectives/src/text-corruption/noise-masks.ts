import { ConfigError, type RandomKey } from '@cloze/core';

/** One byte per token: 1 = noise, 0 = kept. */
export type NoiseMask = Uint8Array;

/** How much of a text is noise. */
export interface NoiseOptions {
  /** Share of the tokens, in (0, 1]. Default: 0.15. */
  readonly noiseDensity?: number;
}

/** Settings of `randomSpansMask`. */
export interface RandomSpansOptions extends NoiseOptions {
  /** Mean length of a span of noise, in tokens, at least 1. Default: 3. */
  readonly meanSpanLength?: number;
  /** Moves the mask around by a random offset, so that a text need not start un-noised and end noised. Default: false. */
  readonly isRolled?: boolean;
}

/**
 * Spans of noise of random lengths at random places. Their number and the number of noise tokens follow from the length alone; all masks with these
 * numbers that start with a kept token and end with noise are equally likely.
 *
 * @see Raffel et al. 2020, section 3.3.4. <https://arxiv.org/abs/1910.10683>
 */
export function randomSpansMask(length: number, key: RandomKey, options: RandomSpansOptions = {}): NoiseMask {
  const { numNoise, numSpans } = countNoise(length, options);
  const kept = randomSegmentation(Math.max(length, 2) - numNoise, numSpans, key.fold('kept'));
  const noise = randomSegmentation(numNoise, numSpans, key.fold('noise'));
  const mask = new Uint8Array(length);
  let begin = 0;
  for (let span = 0; span < numSpans; span++) {
    begin += kept[span] ?? 0;
    const end = begin + (noise[span] ?? 0);
    mask.fill(1, begin, end);
    begin = end;
  }
  return options.isRolled === true ? rolled(mask, key.fold('roll').integer(Math.max(length, 1))) : mask;
}

/**
 * How many tokens and spans of noise {@link randomSpansMask} makes.
 *
 * A single token counts as two, so that it is kept. Unlike T5's, there are never more spans than kept tokens to stand between them.
 */
export function countNoise(
  length: number,
  { noiseDensity = 0.15, meanSpanLength = 3 }: RandomSpansOptions = {},
): { readonly numNoise: number; readonly numSpans: number } {
  checkDensity(noiseDensity);
  const total = Math.max(length, 2);
  const numNoise = Math.min(Math.max(roundHalfEven(total * noiseDensity), 1), total - 1);
  const numSpans = Math.min(Math.max(roundHalfEven(numNoise / meanSpanLength), 1), total - numNoise);
  return { numNoise, numSpans };
}

/** Every token is noise with the same probability, independently. */
export function independentMask(length: number, key: RandomKey, { noiseDensity = 0.15 }: NoiseOptions = {}): NoiseMask {
  checkDensity(noiseDensity);
  const words = key.bits(length);
  return new Uint8Array(length).map((_, index) => Number((words[index] ?? 0) < noiseDensity * 2 ** 32));
}

/** Settings of `regularMask`. */
export interface RegularOptions extends NoiseOptions {
  /** Default: 1. */
  readonly minSpanLength?: number;
  /** Default: 5. */
  readonly maxSpanLength?: number;
}

/** Spans of noise of equal length at equal distances. The length is drawn for each text, and where the first begins. */
export function regularMask(length: number, key: RandomKey, options: RegularOptions = {}): NoiseMask {
  const { noiseDensity = 0.15, minSpanLength = 1, maxSpanLength = 5 } = options;
  checkDensity(noiseDensity);
  const spanLength = minSpanLength + key.fold('length').integer(maxSpanLength - minSpanLength + 1);
  const period = roundHalfEven(spanLength / noiseDensity);
  const offset = key.fold('offset').integer(period);
  return new Uint8Array(length).map((_, index) => Number((index + offset) % period < spanLength));
}

/** The beginning of a text, from 1 to length - 1 tokens. */
export function prefixMask(length: number, key: RandomKey): NoiseMask {
  const numTokens = length < 2 ? 0 : 1 + key.integer(length - 1);
  return new Uint8Array(length).fill(1, 0, numTokens);
}

/** Half-way cases go to the even neighbour, as in TensorFlow and Python. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Cuts a number of items into segments of at least one, every way equally likely. */
function randomSegmentation(numItems: number, numSegments: number, key: RandomKey): Int32Array {
  const words = key.bits(numItems);
  const lengths = new Int32Array(numSegments);
  let segment = 0;
  for (let item = 0; item < numItems; item++) {
    lengths[segment] = (lengths[segment] ?? 0) + 1;
    // Selection sampling: of the borders that are left, each is equally likely to be one of the cuts that are left.
    const [numBorders, numCuts] = [numItems - 1 - item, numSegments - 1 - segment];
    if ((words[item] ?? 0) * numBorders < numCuts * 2 ** 32 && numCuts > 0) segment++;
  }
  return lengths;
}

function rolled(mask: NoiseMask, offset: number): NoiseMask {
  const moved = new Uint8Array(mask.length);
  moved.set(mask.subarray(mask.length - offset));
  moved.set(mask.subarray(0, mask.length - offset), offset);
  return moved;
}

function checkDensity(noiseDensity: number): void {
  if (noiseDensity > 0 && noiseDensity <= 1) return;
  throw new ConfigError({
    message: `noiseDensity must be in (0, 1], got ${noiseDensity}.`,
    hint: 'T5 has 0.15.',
  });
}
