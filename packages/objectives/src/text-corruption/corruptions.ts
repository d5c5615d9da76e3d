import type { RandomKey } from '@cloze/core';
import type { TextPair } from '../text-to-text-batch.ts';
import {
  permutedTokens,
  spansToSentinels,
  tokensToSentinel,
  tokensToSentinelOrRandom,
  tokensWhere,
  type Sentinels,
} from './noise-edits.ts';
import {
  independentMask,
  prefixMask,
  randomSpansMask,
  regularMask,
  type NoiseMask,
  type NoiseOptions,
  type RandomSpansOptions,
  type RegularOptions,
} from './noise-masks.ts';

/** How a text becomes a task: what is read, and what is to be written. Neither has a closing token yet. */
export type Corruption = (ids: ArrayLike<number>, key: RandomKey) => TextPair;

/** Random spans become sentinels, and the target says what each sentinel stands for: T5's own objective. */
export function randomSpans(options: RandomSpansOptions & Sentinels): Corruption {
  return (ids, key) => spansToWrite(ids, randomSpansMask(ids.length, key, options), options);
}

/**
 * As {@link randomSpans}, where noise is drawn token by token and neighbours share a sentinel.
 *
 * Where a text begins with noise, its first span stands before the first sentinel of the target, as in the authors' code.
 */
export function independentSpans(options: NoiseOptions & Sentinels): Corruption {
  return (ids, key) => spansToWrite(ids, independentMask(ids.length, key, options), options);
}

/** As {@link randomSpans}, where spans of one length stand at equal distances. */
export function regularSpans(options: RegularOptions & Sentinels): Corruption {
  return (ids, key) => spansToWrite(ids, regularMask(ids.length, key, options), options);
}

/** Tokens are left out, and the target is what was left out. */
export function droppedTokens(options: NoiseOptions = {}): Corruption {
  return (ids, key) => {
    const mask = independentMask(ids.length, key, options);
    return { sourceIds: tokensWhere(ids, mask, 0), targetIds: tokensWhere(ids, mask, 1) };
  };
}

/** Tokens become a sentinel, and the target is the whole text: MASS-style. */
export function maskedTokens(options: NoiseOptions & Sentinels): Corruption {
  return (ids, key) => {
    const mask = independentMask(ids.length, key, options);
    return { sourceIds: tokensToSentinel(ids, mask, options), targetIds: ids };
  };
}

/**
 * As {@link maskedTokens}, where some of the noise is random tokens: BERT-style.
 *
 * @param options `randomShare`: of the noise tokens. Default: 0.1, as the authors have it; BERT itself keeps some tokens as well.
 */
export function maskedOrRandomTokens(
  options: NoiseOptions & Sentinels & { readonly randomShare?: number },
): Corruption {
  const { randomShare = 0.1 } = options;
  return (ids, key) => {
    const mask = independentMask(ids.length, key.fold('mask'), options);
    return { sourceIds: tokensToSentinelOrRandom(ids, mask, { ...options, randomShare, key }), targetIds: ids };
  };
}

/** Tokens change places, and the target is the text in order. Default: all tokens do, which is deshuffling. */
export function shuffledTokens({ noiseDensity = 1 }: NoiseOptions = {}): Corruption {
  return (ids, key) => {
    const mask = independentMask(ids.length, key.fold('mask'), { noiseDensity });
    return { sourceIds: permutedTokens(ids, mask, key.fold('order')), targetIds: ids };
  };
}

/** A text is cut in two, and the target is the second part: prefix language modeling. */
export function prefixes(): Corruption {
  return (ids, key) => {
    const mask = prefixMask(ids.length, key);
    return { sourceIds: tokensWhere(ids, mask, 1), targetIds: tokensWhere(ids, mask, 0) };
  };
}

function spansToWrite(ids: ArrayLike<number>, mask: NoiseMask, sentinels: Sentinels): TextPair {
  return {
    sourceIds: spansToSentinels(ids, mask, { ...sentinels, replaced: 1 }),
    targetIds: spansToSentinels(ids, mask, { ...sentinels, replaced: 0 }),
  };
}
