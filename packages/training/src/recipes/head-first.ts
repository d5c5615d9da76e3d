import type { ParameterFilter } from '@cloze/core';
import type { Phase } from '../phases.ts';
import type { Schedule } from '../schedules.ts';
import { frozenFeatures } from './frozen-features.ts';
import { fullFineTuning, type FullFineTuning } from './full-fine-tuning.ts';

/** Settings of {@link headFirst}. */
export interface HeadFirst {
  /** What is trained first, for example `headOf(model)`. */
  readonly head: ParameterFilter;
  /** How many updates the head has alone. */
  readonly headSteps: number;
  readonly headSchedule: Schedule;
  /** How everything is trained after that. */
  readonly then: FullFineTuning;
}

/**
 * The head alone, then everything: a new head gives the layers no gradients worth following.
 *
 * @see Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution", section 3.3, which calls it LP-FT.
 *   <https://arxiv.org/abs/2202.10054>
 */
export function headFirst({ head, headSteps, headSchedule, then }: HeadFirst): readonly Phase[] {
  return [...frozenFeatures({ head, numSteps: headSteps, schedule: headSchedule }), ...fullFineTuning(then)];
}
