import type { RandomKey } from '@cloze/core';
import type { Span } from './span.ts';

/** Longer spans are not drawn. */
const MAX_SPAN_LENGTH = 39;

/** What token spans are drawn with. */
export interface TokenSpanSettings {
  /** The share of a text's tokens that is masked. */
  readonly share: number;
  /** From {@link poissonLengths}. */
  readonly cumulative: Float64Array;
  /** The most spans of a text. */
  readonly maxSpans: number;
}

/**
 * Short blanks all over a text: lengths by Poisson's distribution until the share is reached, at random places with at least one token between two.
 *
 * Of several documents each but the longest gets its own share at most, the longest the rest, as in the authors' code; where that code drops a text
 * whose spans do not fit, ours shortens or leaves out the last of them.
 *
 * @param documents what may be masked.
 * @returns in the order of the text.
 * @see Du et al. 2022, section 2.1; THUDM/GLM, `blocklm_utils.py`.
 */
export function tokenSpans(
  text: ArrayLike<number>,
  documents: readonly Span[],
  settings: TokenSpanSettings,
  key: RandomKey,
): Span[] {
  const lengths = drawLengths(Math.max(1, Math.floor(settings.share * text.length)), settings, key);
  const bySize = documents.toSorted((one, other) => one.length - other.length);
  let next = 0;
  return bySize
    .flatMap((document, index) => {
      const isLongest = index === bySize.length - 1;
      const share = isLongest ? 1 : settings.share;
      const taken: number[] = [];
      let sum = 0;
      for (; next < lengths.length; next++) {
        const room = Math.min(document.length - taken.length, Math.floor(share * document.length)) - sum;
        const length = isLongest ? Math.min(lengths[next] ?? 1, room) : (lengths[next] ?? 1);
        if (room < 1 || length > room) break;
        taken.push(length);
        sum += length;
      }
      return placed(taken, document, key.fold('places').fold(index));
    })
    .sort((one, other) => one.start - other.start);
}

/** The cumulative distribution of the lengths 1 ... 39 under Poisson's law. */
export function poissonLengths(mean: number): Float64Array {
  const cumulative = new Float64Array(MAX_SPAN_LENGTH);
  let weight = 1;
  let sum = 0;
  for (let length = 1; length <= MAX_SPAN_LENGTH; length++) {
    weight *= mean / length;
    sum += weight;
    cumulative[length - 1] = sum;
  }
  return cumulative.map((value) => value / sum);
}

/** Lengths until they sum up, shuffled: the one that reaches the sum is longer than others, so it must not always come last. */
function drawLengths(numMasked: number, { cumulative, maxSpans }: TokenSpanSettings, key: RandomKey): number[] {
  const lengths: number[] = [];
  let sum = 0;
  for (const chance of key.fold('lengths').uniform(numMasked)) {
    if (sum >= numMasked || lengths.length >= maxSpans) break;
    const length = 1 + cumulative.findIndex((share) => chance < share);
    lengths.push(length);
    sum += length;
  }
  const order = key.fold('order').permutation(lengths.length);
  return Array.from(order, (place) => lengths[place] ?? 1);
}

/** Spans of given lengths at places that are equally likely, with at least one token between two. */
function placed(lengths: readonly number[], document: Span, key: RandomKey): Span[] {
  const numFree = document.length - lengths.reduce((sum, length) => sum + length, 0) - (lengths.length - 1);
  const places = key.uniform(lengths.length).map((chance) => Math.floor(chance * (numFree + 1)));
  let { start } = document;
  return Array.from(places.sort(), (place, index) => {
    const length = lengths[index] ?? 1;
    const span = { start: start + place, length };
    start += length + 1;
    return span;
  });
}
