import { checkRatio, shareOf, type Noise } from './noise.ts';

/** Settings of {@link sentencePermutation}. */
export interface SentencePermutationOptions {
  /** Tells the tokens that end a sentence, for example full stops. Of several in a row the first one ends it. */
  readonly isSentenceEnd: (id: number) => boolean;
  /** The share of the sentences that change places among themselves. Default: 1. */
  readonly ratio?: number;
}

/**
 * Puts sentences into random order.
 *
 * @throws {ConfigError} when `ratio` is not in [0, 1].
 * @see Lewis et al. 2020, "BART", section 2.2; fairseq's `permute_sentences`.
 */
export function sentencePermutation({ isSentenceEnd, ratio = 1 }: SentencePermutationOptions): Noise {
  checkRatio('sentencePermutation: ratio', ratio);
  return (tokens, key) => {
    const ends = sentenceEnds(tokens, isSentenceEnd);
    const chosen = key.fold('chosen').permutation(ends.length).subarray(0, shareOf(ends.length, ratio));
    const order = Uint32Array.from(ends.keys());
    key
      .fold('order')
      .permutation(chosen.length)
      .forEach((from, to) => (order[chosen[to] ?? 0] = chosen[from] ?? 0));

    // What stands behind the last end stays there.
    const result = tokens.slice();
    let position = 1;
    for (const sentence of order) {
      const begin = sentence === 0 ? 1 : ends[sentence - 1];
      const moved = tokens.subarray(begin, ends[sentence]);
      result.set(moved, position);
      position += moved.length;
    }
    return result;
  };
}

/** The position after each sentence. The last token of the text ends one in any case, unless it follows an end. */
function sentenceEnds(tokens: Int32Array, isSentenceEnd: (id: number) => boolean): number[] {
  const last = tokens.length - 2;
  const ends: number[] = [];
  let followsEnd = false;
  for (let position = 1; position <= last; position++) {
    const isEnd = position === last || isSentenceEnd(tokens[position] ?? 0);
    if (isEnd && !followsEnd) ends.push(position + 1);
    followsEnd = isEnd;
  }
  return ends;
}
