import type { Pretrained } from '@cloze/hub';
import type { TokenBudget } from '@cloze/prompting';
import type { Tokenizer } from '@cloze/tokenizer';

/** Tokens that frame a text and stand for its blank. */
const NUM_SPECIAL_TOKENS = 4;

/** Where a text outgrows the positions, the context moves on; so the answer is not given more of them than this share. */
const ANSWER_SHARE = 1 / 4;

/** What is to be written. */
export interface AnswerLengths {
  /** The words to choose among; none where the model writes. */
  readonly words: readonly string[];
  readonly maxTokens: number;
}

/** How long prompts may be, so that there is room for their answers. */
export function tokenBudget(
  { family, config }: Pretrained,
  tokenizer: Tokenizer,
  { words, maxTokens }: AnswerLengths,
): TokenBudget {
  const { maxPositions } = family.limits(config);
  const countTokens = (text: string): number => tokenizer.encodeToIds(text, { addSpecialTokens: false }).length;
  const longestWord = Math.max(0, ...words.map((word) => countTokens(` ${word}`)));
  const answer = words.length > 0 ? longestWord : Math.min(maxTokens, Math.floor(maxPositions * ANSWER_SHARE));
  return { maxTokens: maxPositions - NUM_SPECIAL_TOKENS - answer, countTokens };
}
