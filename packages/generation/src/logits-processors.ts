import { ClozeError } from '@cloze/core';
import type { Constraint } from './constraints/constraint.ts';

/**
 * Changes the scores of the next token, in place.
 *
 * @param scores [V], logits, log probabilities in beam search, or what earlier processors made of them; -Infinity = never.
 * @param ids the tokens so far, padding not: with the prompt, or with the start token of an encoder-decoder.
 * @param numNew how many of them are new.
 */
export type LogitsProcessor = (scores: Float32Array, ids: readonly number[], numNew: number) => void;

/** What makes the next token more or less likely, and where a text ends. Absent settings change nothing. */
export interface ProcessorSettings {
  /** The most new tokens. Default: 100. */
  readonly maxTokens?: number;
  /** Tokens that end a text, for example the end-of-text token. They are part of it. Default: none. */
  readonly stopTokens?: readonly number[];
  /** How many new tokens come before the first stop token, at least. Default: 0. */
  readonly minTokens?: number;
  /** Above 1 discourages tokens that occurred: positive scores are divided by it, negative ones multiplied. Default: 1. */
  readonly repetitionPenalty?: number;
  /** No sequence of so many tokens occurs twice. Default: 0, any may. */
  readonly noRepeatNgramSize?: number;
  /** The tokens to choose from after the new ones so far. Default: all. */
  readonly allowedTokens?: (newIds: readonly number[]) => Iterable<number>;
  /** What the new text must be: a regular expression or a grammar. Default: anything. */
  readonly constraint?: Constraint | undefined;
  /** The first new token, whatever its score. Default: none is forced. */
  readonly forcedBosTokenId?: number | undefined;
  /** The last token of a text that reaches `maxTokens`. Default: none is forced. */
  readonly forcedEosTokenId?: number | undefined;
}

/** How a token is drawn. */
export interface SamplingSettings {
  /** Divides the scores; 0 = greedy. Default: 1. */
  readonly temperature?: number;
  /** Keeps the k best tokens, and those that tie with the last of them. Default: 0, all. */
  readonly topK?: number;
  /** Keeps the likeliest tokens that together have at least this probability, in (0, 1]. Default: 1, all. */
  readonly topP?: number;
}

/** Where nothing is said: {@link ProcessorSettings.maxTokens}. */
export const DEFAULT_MAX_TOKENS = 100;

/**
 * The processors of some settings, in the order of Hugging Face transformers: what depends on the text first, then temperature, top-k, top-p.
 *
 * @throws {ClozeError} `USAGE` when a setting is out of range.
 */
export function logitsProcessors(settings: ProcessorSettings & SamplingSettings): LogitsProcessor[] {
  const { repetitionPenalty = 1, noRepeatNgramSize = 0, temperature = 1, topK = 0, topP = 1 } = settings;
  const { maxTokens = DEFAULT_MAX_TOKENS, minTokens = 0, stopTokens = [] } = settings;
  const { allowedTokens, constraint, forcedBosTokenId, forcedEosTokenId } = settings;
  check(isCount(maxTokens), 'maxTokens must be a whole number of at least 0', maxTokens);
  check(isCount(minTokens), 'minTokens must be a whole number of at least 0', minTokens);
  check(repetitionPenalty > 0, 'repetitionPenalty must be above 0', repetitionPenalty);
  check(isCount(noRepeatNgramSize), 'noRepeatNgramSize must be a whole number of at least 0', noRepeatNgramSize);
  check(temperature >= 0 && temperature < Infinity, 'temperature must be a number of at least 0', temperature);
  check(isCount(topK), 'topK must be a whole number of at least 0', topK);
  check(topP > 0 && topP <= 1, 'topP must be above 0 and at most 1', topP);
  return [
    ...(repetitionPenalty === 1 ? [] : [penalizeRepetition(repetitionPenalty)]),
    ...(noRepeatNgramSize === 0 ? [] : [forbidRepeatedNgrams(noRepeatNgramSize)]),
    ...(minTokens === 0 ? [] : [forbidBefore(minTokens, stopTokens)]),
    ...(allowedTokens === undefined ? [] : [keepAllowed(allowedTokens)]),
    ...(constraint === undefined ? [] : [constraint.processor()]),
    ...(forcedBosTokenId === undefined ? [] : [forceAt(0, forcedBosTokenId)]),
    ...(forcedEosTokenId === undefined ? [] : [forceAt(maxTokens - 1, forcedEosTokenId)]),
    // With temperature 0 the best token is taken, which nothing below would change.
    ...(temperature === 1 || temperature === 0 ? [] : [divideBy(temperature)]),
    ...(topK === 0 ? [] : [keepTopK(topK)]),
    ...(topP === 1 ? [] : [keepTopP(topP)]),
  ];
}

/** @see Keskar et al. 2019, "CTRL", section 4.1. <https://arxiv.org/abs/1909.05858> */
export function penalizeRepetition(penalty: number): LogitsProcessor {
  return (scores, ids) => {
    for (const id of new Set(ids)) {
      const score = scores[id] ?? 0;
      scores[id] = score < 0 ? score * penalty : score / penalty;
    }
  };
}

/** Forbids each token that would complete a sequence of `size` tokens that occurred. */
export function forbidRepeatedNgrams(size: number): LogitsProcessor {
  return (scores, ids) => {
    const last = ids.length - size + 1;
    for (let start = 0; start < last; start++) {
      let isSame = true;
      for (let offset = 0; offset < size - 1 && isSame; offset++) isSame = ids[start + offset] === ids[last + offset];
      const next = ids[start + size - 1];
      if (isSame && next !== undefined) scores[next] = -Infinity;
    }
  };
}

/** Forbids tokens until there are `count` new ones. */
export function forbidBefore(count: number, tokens: readonly number[]): LogitsProcessor {
  return (scores, _, numNew) => {
    if (numNew < count) for (const id of tokens) scores[id] = -Infinity;
  };
}

/** Forbids what is not allowed after the new tokens so far: how a choice among given answers is made. */
export function keepAllowed(allowedTokens: (newIds: readonly number[]) => Iterable<number>): LogitsProcessor {
  return (scores, ids, numNew) => {
    const kept = [...allowedTokens(ids.slice(ids.length - numNew))].map((id) => [id, scores[id] ?? -Infinity] as const);
    scores.fill(-Infinity);
    for (const [id, score] of kept) scores[id] = score;
  };
}

/** Leaves one token to choose after so many new ones. */
export function forceAt(position: number, token: number): LogitsProcessor {
  return (scores, _, numNew) => {
    if (numNew === position) scores.fill(-Infinity)[token] = 0;
  };
}

/** Below 1 sharpens the distribution, above 1 levels it. */
export function divideBy(temperature: number): LogitsProcessor {
  return (scores) => {
    for (let id = 0; id < scores.length; id++) scores[id] = (scores[id] ?? 0) / temperature;
  };
}

/** @see Fan et al. 2018, "Hierarchical Neural Story Generation", section 5.4. <https://arxiv.org/abs/1805.04833> */
export function keepTopK(k: number): LogitsProcessor {
  return (scores) => {
    if (k >= scores.length) return;
    const threshold = scores.toSorted()[scores.length - k] ?? -Infinity;
    for (let id = 0; id < scores.length; id++) if ((scores[id] ?? 0) < threshold) scores[id] = -Infinity;
  };
}

/** @see Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1. <https://arxiv.org/abs/1904.09751> */
export function keepTopP(p: number): LogitsProcessor {
  return (scores) => {
    const order = Uint32Array.from(scores, (_, id) => id).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    const highest = scores[order[0] ?? 0] ?? 0;
    const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
    let cumulative = 0;
    for (const id of order) {
      // The token that crosses the threshold is kept, and so is at least one.
      if (cumulative / total >= p) scores[id] = -Infinity;
      else cumulative += Math.exp((scores[id] ?? 0) - highest);
    }
  };
}

/** Whether a number can say how many. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** @throws {ClozeError} `USAGE` when a setting breaks its rule. */
export function check(holds: boolean, rule: string, value: number): void {
  if (!holds) {
    throw new ClozeError('USAGE', { message: `Generation: ${rule}, got ${value}.`, hint: 'Change the setting.' });
  }
}
