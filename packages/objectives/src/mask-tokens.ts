import { ConfigError, type RandomKey } from '@cloze/core';
import type { FramingTokens } from './framed-sequence.ts';
import { chooseSpans, chooseWords, maskingCandidates, type MaskingUnit } from './masked-positions.ts';

/** The tokens that masking must know. */
export interface MaskingTokens extends FramingTokens {
  /** Takes the place of most tokens that are to be predicted. */
  readonly maskTokenId: number;
}

/** How sequences are masked. */
export interface MaskingOptions {
  readonly tokens: MaskingTokens;
  /** Random tokens are drawn from all of them. */
  readonly vocabSize: number;
  /** In tokens, special ones included; all batches have this length, so that one compiled step serves them. */
  readonly sequenceLength: number;
  /** The share of a sequence, special tokens included, that is predicted. Default: 0.15. */
  readonly maskedShare?: number;
  /** The most tokens of a sequence that are predicted; all batches have room for as many. Default: `maskedShare` of `sequenceLength`, rounded up. */
  readonly maxPredictions?: number;
  /** What takes the place of the tokens that are predicted. Default: BERT's, 80% `[MASK]` and 10% random tokens. */
  readonly replacement?: MaskReplacement;
  /** `whole-word`: all pieces of a word or none. `span`: neighbouring words, as SpanBERT. Default: `token`. */
  readonly unit?: MaskingUnit;
  /** Whether a token belongs to the word before it, as `##ing`. Needed for whole words; without it, spans are made of tokens. */
  readonly continuesWord?: (id: number) => boolean;
  /** With it, a sequence is masked in the same way each time, as in BERT's files. Default: anew each time, as in RoBERTa. */
  readonly staticKey?: RandomKey;
}

/** Shares of the tokens that are predicted; what is left of 1 stays as it is. */
export interface MaskReplacement {
  /** Become `[MASK]`. */
  readonly mask: number;
  /** Become a random token of the whole vocabulary. */
  readonly random: number;
}

/** A sequence to be completed. */
export interface MaskedSequence {
  readonly inputIds: Int32Array;
  /** Where tokens are to be predicted, ascending. */
  readonly positions: Int32Array;
  /** The tokens that were there. */
  readonly labels: Int32Array;
}

/** Masks one sequence with its special tokens. */
export type TokenMasker = (ids: Int32Array, key: RandomKey) => MaskedSequence;

const BERT_REPLACEMENT: MaskReplacement = { mask: 0.8, random: 0.1 };

/**
 * BERT's masking: of the tokens to be predicted, 80% become `[MASK]`, 10% a random token of the whole vocabulary and 10% stay, each decided by itself (in
 * spans: for all neighbours at once). `[CLS]`, `[SEP]` and padding are never predicted. `replacement` has other shares.
 *
 * @throws {ConfigError} when a setting is out of range, or when whole words are asked for without `continuesWord`.
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 3.1 and appendix A.1.
 */
export function tokenMasker(options: MaskingOptions): TokenMasker {
  checkOptions(options);
  const { tokens, vocabSize, unit = 'token', continuesWord = isNever, staticKey } = options;
  const { mask, random } = options.replacement ?? BERT_REPLACEMENT;
  const { maskedShare, maxPredictions } = maskingSizes(options);
  const special: readonly number[] = [tokens.clsTokenId, tokens.sepTokenId, tokens.padTokenId];
  const isSpecial = (id: number): boolean => special.includes(id);
  const choose = unit === 'span' ? chooseSpans : chooseWords;

  return (ids, batchKey) => {
    const key = staticKey?.fold(hashOf(ids)) ?? batchKey;
    const candidates = maskingCandidates(ids, isSpecial, unit === 'token' ? isNever : continuesWord);
    const count = Math.min(maxPredictions, Math.max(1, roundHalfToEven(ids.length * maskedShare)));
    const positions = choose(candidates, count, key.fold('positions'));
    const labels = positions.map((position) => ids[position] ?? 0);
    const inputIds = ids.slice();
    const draws = key.fold('replacements').uniform(2 * positions.length);
    let draw = 0;
    positions.forEach((position, index) => {
      const isNeighbour = unit === 'span' && position === (positions[index - 1] ?? -2) + 1;
      if (!isNeighbour) draw = draws[2 * index] ?? 0;
      if (draw < mask) inputIds[position] = tokens.maskTokenId;
      else if (draw < mask + random) inputIds[position] = Math.floor((draws[2 * index + 1] ?? 0) * vocabSize);
    });
    return { inputIds, positions, labels };
  };
}

/** The settings that decide how many tokens are predicted. */
export function maskingSizes({ sequenceLength, maskedShare = 0.15, maxPredictions }: MaskingOptions): {
  readonly maskedShare: number;
  readonly maxPredictions: number;
} {
  return { maskedShare, maxPredictions: maxPredictions ?? Math.ceil(sequenceLength * maskedShare) };
}

function isNever(): boolean {
  return false;
}

/** As Python rounds, in which BERT's data was made. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** Tells sequences apart; two that share a hash merely share their random numbers. */
function hashOf(ids: Int32Array): number {
  return ids.reduce((hash, id) => Math.imul(hash ^ id, 0x01000193), 0x811c9dc5) >>> 0;
}

function checkOptions(options: MaskingOptions): void {
  const { sequenceLength, unit, continuesWord, replacement: { mask, random } = BERT_REPLACEMENT } = options;
  const { maskedShare, maxPredictions } = maskingSizes(options);
  if (!(Number.isInteger(sequenceLength) && sequenceLength >= 3)) {
    throw invalid('sequenceLength', 'an integer of at least 3', sequenceLength);
  }
  if (!(maskedShare > 0 && maskedShare < 1)) throw invalid('maskedShare', 'in (0, 1)', maskedShare);
  if (!(Number.isInteger(maxPredictions) && maxPredictions >= 1)) {
    throw invalid('maxPredictions', 'an integer of at least 1', maxPredictions);
  }
  if (!(mask >= 0 && mask <= 1)) throw invalid('replacement.mask', 'in [0, 1]', mask);
  // With some room for 0.9 + 0.1 and its like.
  if (!(random >= 0 && mask + random <= 1 + 1e-9)) {
    throw invalid('replacement.random', 'at least 0, and at most 1 together with mask', random);
  }
  if (unit === 'whole-word' && continuesWord === undefined) {
    throw invalid('continuesWord', 'given to mask whole words', continuesWord);
  }
}

function invalid(setting: string, expected: string, value: number | undefined): ConfigError {
  return new ConfigError({
    message: `masking: ${setting} must be ${expected}, got ${String(value)}.`,
    hint: 'Correct the settings of the objective.',
  });
}
