import type { EncoderDecoderModel } from '@cloze/core';
import { beamSearch, Decoder } from '@cloze/generation';
import type { Engine } from '@cloze/jit';
import type { Tokenizer } from '@cloze/tokenizer';
import { maskTokenOf, withMasks, type FilledText } from './blanks.ts';

/** Settings of {@link fillSpans}. */
export interface FillSpansOptions {
  readonly engine: Engine;
  readonly maxTokens: number;
  readonly numBeams: number;
  readonly eosTokenIds: readonly number[];
}

const SENTINEL = /<extra_id_\d+>/;

/**
 * Encoder-decoders: T5 writes the missing pieces, each after the sentinel of its blank; BART, which has one token for all blanks, writes the whole text
 * anew.
 */
export async function fillSpans(
  model: EncoderDecoderModel,
  tokenizer: Tokenizer,
  text: string,
  { engine, maxTokens, numBeams, eosTokenIds }: FillSpansOptions,
): Promise<FilledText> {
  const hasSentinels = tokenizer.tokenToId('<extra_id_0>') !== undefined;
  const mask = hasSentinels ? undefined : maskTokenOf(tokenizer);
  const masked = withMasks(text, (index) => mask ?? `<extra_id_${index}>`);
  const decoder = await Decoder.create(model, { engine });
  try {
    const source = withEnd(tokenizer.encode(masked).ids, eosTokenIds);
    const [results] = await beamSearch(decoder, [source], { maxTokens, numBeams, stopTokens: [...eosTokenIds] });
    const written = results?.[0]?.ids ?? [];
    if (!hasSentinels) return { text: tokenizer.decode(written).trim(), blanks: [] };
    const marked = tokenizer.decode(
      written.filter((id) => !eosTokenIds.includes(id)),
      { skipSpecialTokens: false },
    );
    return withPieces(masked, marked);
  } finally {
    decoder.dispose();
  }
}

/** T5's answer `<extra_id_0> piece <extra_id_1> piece` put into the text. */
function withPieces(masked: string, answer: string): FilledText {
  const pieces = answer
    .split(SENTINEL)
    .slice(1)
    .map((piece) => piece.trim());
  const parts = masked.split(SENTINEL);
  const numBlanks = parts.length - 1;
  const used = Array.from({ length: numBlanks }, (_, index) => pieces[index] ?? '');
  const text = parts.map((part, index) => part + (used[index] ?? '')).join('');
  return { text, blanks: used.map((piece) => ({ candidates: [{ text: piece }] })) };
}

/** Sources end as in pre-training, whether or not the tokenizer adds the end. */
function withEnd(ids: ArrayLike<number>, [end]: readonly number[]): number[] {
  const source = Array.from(ids);
  return end === undefined || source.at(-1) === end ? source : [...source, end];
}
