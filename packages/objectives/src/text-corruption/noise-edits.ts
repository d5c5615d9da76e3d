import { ClozeError, type RandomKey } from '@cloze/core';
import type { NoiseMask } from './noise-masks.ts';

/** The ids that stand for what is missing: `<extra_id_0>`, `<extra_id_1>`, ... with descending ids. */
export interface Sentinels {
  /** The id of `<extra_id_0>`: the last one of the tokenizer, 32099 in T5. */
  readonly firstSentinelId: number;
  /** Default: 100. */
  readonly numSentinels?: number;
}

/**
 * Each run of tokens whose mask is `replaced` becomes one sentinel, the first run the first sentinel.
 *
 * @throws {ClozeError} `DATA_INVALID` when there are more runs than sentinels.
 */
export function spansToSentinels(
  ids: ArrayLike<number>,
  mask: NoiseMask,
  { replaced, firstSentinelId, numSentinels = 100 }: Sentinels & { readonly replaced: 0 | 1 },
): Int32Array {
  const edited = new Int32Array(ids.length);
  let length = 0;
  let numSpans = 0;
  for (let index = 0; index < ids.length; index++) {
    if (mask[index] !== replaced) edited[length++] = ids[index] ?? 0;
    else if (index === 0 || mask[index - 1] !== replaced) edited[length++] = firstSentinelId - numSpans++;
  }
  if (numSpans > numSentinels) {
    throw new ClozeError('DATA_INVALID', {
      message: `A text must have at most ${numSentinels} spans, one per sentinel, got ${numSpans} in ${ids.length} tokens.`,
      hint: 'Cut the text into shorter pieces, or give the tokenizer more sentinels.',
    });
  }
  return edited.subarray(0, length);
}

/** The tokens whose mask is `kept`. */
export function tokensWhere(ids: ArrayLike<number>, mask: NoiseMask, kept: 0 | 1): Int32Array {
  const edited = new Int32Array(ids.length);
  let length = 0;
  for (let index = 0; index < ids.length; index++) if (mask[index] === kept) edited[length++] = ids[index] ?? 0;
  return edited.subarray(0, length);
}

/** Each noise token becomes the first sentinel. */
export function tokensToSentinel(ids: ArrayLike<number>, mask: NoiseMask, { firstSentinelId }: Sentinels): Int32Array {
  return withNoise(ids, mask, () => firstSentinelId);
}

/** Each noise token becomes the first sentinel, or with the probability `randomShare` a random token; pad, eos and unknown are never drawn. */
export function tokensToSentinelOrRandom(
  ids: ArrayLike<number>,
  mask: NoiseMask,
  { firstSentinelId, randomShare, key }: Sentinels & { readonly randomShare: number; readonly key: RandomKey },
): Int32Array {
  const choices = key.fold('choice').uniform(ids.length);
  const tokens = key.fold('token').uniform(ids.length);
  const numReserved = 3;
  return withNoise(ids, mask, (index) =>
    (choices[index] ?? 1) < randomShare
      ? numReserved + Math.floor((tokens[index] ?? 0) * (firstSentinelId + 1 - numReserved))
      : firstSentinelId,
  );
}

/** The noise tokens in random order, at the places of noise tokens. */
export function permutedTokens(ids: ArrayLike<number>, mask: NoiseMask, key: RandomKey): Int32Array {
  const noise = tokensWhere(ids, mask, 1);
  const order = key.permutation(noise.length);
  let next = 0;
  return withNoise(ids, mask, () => noise[order[next++] ?? 0] ?? 0);
}

function withNoise(ids: ArrayLike<number>, mask: NoiseMask, noiseAt: (index: number) => number): Int32Array {
  const edited = new Int32Array(ids.length);
  for (let index = 0; index < ids.length; index++)
    edited[index] = mask[index] === 1 ? noiseAt(index) : (ids[index] ?? 0);
  return edited;
}
