import type { TextPair } from '@cloze/objectives';
import type { Tokenizer } from '@cloze/tokenizer';
import type { SourceAndTarget } from './message-tasks.ts';

/** How {@link textPairs} encodes texts. */
export interface TextPairOptions {
  readonly tokenizer: Tokenizer;
  /** Before each text. Default: nothing. */
  readonly bosTokenId?: number | undefined;
  /** Behind each text. */
  readonly eosTokenId: number;
  /** In tokens; pairs with a longer text are left out. */
  readonly maxLength: number;
}

/** Sources and targets as token ids. All words begin with a space, the first as well. */
export function textPairs(
  pairs: readonly SourceAndTarget[],
  { tokenizer, bosTokenId, eosTokenId, maxLength }: TextPairOptions,
): TextPair[] {
  const framed = (text: string): number[] => [
    ...(bosTokenId === undefined ? [] : [bosTokenId]),
    ...tokenizer.encodeToIds(` ${text}`, { addSpecialTokens: false }),
    eosTokenId,
  ];
  return pairs
    .map(({ source, target }) => ({ sourceIds: framed(source), targetIds: framed(target) }))
    .filter(({ sourceIds, targetIds }) => Math.max(sourceIds.length, targetIds.length) <= maxLength);
}
