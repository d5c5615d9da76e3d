import {
  classify,
  CONTENT_FREE_TEXTS,
  contextualCalibration,
  type Classification,
  type FewShotPrompt,
  type Verbalizer,
  type WordScorer,
} from '@cloze/prompting';
import { promptFor, type PromptParts } from './build-prompts.ts';
import type { PromptRow } from './read-rows.ts';

/** What {@link chooseLabels} needs. */
export interface ChoiceOptions {
  readonly parts: PromptParts;
  readonly verbalizer: Verbalizer;
  readonly scorer: WordScorer;
  /** Only where all questions are asked after the same examples. */
  readonly calibrates: boolean;
}

/** Lets a model choose among labels, for each prompt. */
export async function chooseLabels(
  prompts: readonly FewShotPrompt[],
  { parts, verbalizer, scorer, calibrates }: ChoiceOptions,
): Promise<Classification<string>[]> {
  const contentFree = CONTENT_FREE_TEXTS.map((text) => promptFor(contentFreeRow(text, parts), parts));
  const wordLogPriors = calibrates ? await contextualCalibration(scorer, verbalizer, contentFree) : undefined;
  return classify(scorer, verbalizer, prompts, { wordLogPriors });
}

/** A question that says nothing. */
function contentFreeRow(text: string, { template }: PromptParts): PromptRow {
  return Object.fromEntries(template.slots.map((slot) => [slot, text]));
}
