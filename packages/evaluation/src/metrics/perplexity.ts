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

/**
 * Perplexities of texts together: exp of the mean negative log likelihood per token, word or byte. Words are counted as lm-evaluation-harness does:
 * white space at an end of a text begins another word.
 *
 * @throws {ShapeError} when there are no texts.
 */
export function perplexities(texts: readonly ScoredText[]): Perplexities {
  if (texts.length === 0)
    throw new ShapeError({ message: 'perplexities: there must be at least one text, got none.', hint: 'Pass texts.' });
  const total = (measure: (text: ScoredText) => number): number => texts.reduce((sum, text) => sum + measure(text), 0);
  const nats = -total(({ logLikelihood }) => logLikelihood);
  const numBytes = total(({ text }) => encoder.encode(text).length);
  return {
    tokenPerplexity: Math.exp(nats / total(({ numTokens }) => numTokens)),
    wordPerplexity: Math.exp(nats / total(({ text }) => text.split(WHITE_SPACE).length)),
    bytePerplexity: Math.exp(nats / numBytes),
    bitsPerByte: nats / numBytes / Math.LN2,
  };
}

const encoder = new TextEncoder();
