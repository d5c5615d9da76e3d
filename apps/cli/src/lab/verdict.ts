import type { Claim, Condition } from './experiment.ts';
import { summarize } from './statistics.ts';

/** Whether an experiment agrees with a claim. */
export interface Verdict {
  readonly claim: string;
  /** `undecided` where the 95 % interval of the margin has both signs: the seeds differ more than the conditions. */
  readonly outcome: 'supported' | 'contradicted' | 'undecided';
  /** How far each seed agrees. */
  readonly margins: readonly number[];
  readonly unit: string;
}

/**
 * Judges a claim by its margins: conditions are compared within each seed, where they began alike.
 *
 * @param runs the conditions of each seed.
 */
export function judge({ text, unit, margin }: Claim, runs: readonly (readonly Condition[])[]): Verdict {
  const margins = runs.map((run) =>
    margin((condition, measure) => {
      const value = run.find(({ name }) => name === condition)?.values[measure];
      if (value === undefined)
        throw new Error(`The claim asks for ${measure} of ${condition}, which was not measured.`);
      return value;
    }),
  );
  const { mean, halfWidth } = summarize(margins);
  const outcome = mean - halfWidth > 0 ? 'supported' : mean + halfWidth < 0 ? 'contradicted' : 'undecided';
  return { claim: text, outcome, margins, unit };
}
