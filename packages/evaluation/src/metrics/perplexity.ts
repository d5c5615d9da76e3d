import { ShapeError } from '@cloze/core';
import { WHITE_SPACE } from './words.ts';

/** A text and how likely a model finds it. */
export interface ScoredText {
  readonly text: string;
  /** In nats, of all its tokens. */
  readonly logLikelihood: number;
  readonly numTokens: number;
}

/** How well texts are predicted, per unit of text. Only those per word and per byte compare models with different tokenizers. */
export interface Perplexities {
  readonly tokenPerplexity: number;
  /** Words are what white space separates. */
  readonly wordPerplexity: number;
  /** Bytes are those of UTF-8. */
  readonly bytePerplexity: number;
  readonly bitsPerByte: number;
}

/** A text that was scored, and how long it is. */
export interface MeasuredText extends ScoredText {
  readonly numWords: number;
  readonly numBytes: number;
}

/**
 * Perplexities of texts together: exp of the mean negative log likelihood per token, word or byte. Words are counted as lm-evaluation-harness does:
 * white space at an end of a text begins another word.
 *
 * @throws {ShapeError} when there are no texts.
 */
export function perplexities(texts: readonly ScoredText[]): Perplexities {
  if (texts.length === 0)
    throw new ShapeError({ message: 'perplexities: there must be at least one text, got none.', hint: 'Pass texts.' });
  return perplexitiesOf(texts.map(measureText));
}

/** Counts words and bytes, once for any number of perplexities. */
export function measureText(scored: ScoredText): MeasuredText {
  const { text } = scored;
  return { ...scored, numWords: text.split(WHITE_SPACE).length, numBytes: encoder.encode(text).length };
}

/** Perplexities of measured texts together. */
export function perplexitiesOf(texts: readonly MeasuredText[]): Perplexities {
  const total = (field: 'logLikelihood' | 'numTokens' | 'numWords' | 'numBytes'): number =>
    texts.reduce((sum, text) => sum + text[field], 0);
  const nats = -total('logLikelihood');
  return {
    tokenPerplexity: Math.exp(nats / total('numTokens')),
    wordPerplexity: Math.exp(nats / total('numWords')),
    bytePerplexity: Math.exp(nats / total('numBytes')),
    bitsPerByte: nats / total('numBytes') / Math.LN2,
  };
}

const encoder = new TextEncoder();
