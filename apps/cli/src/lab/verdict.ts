import type { Claim, Condition } from './experiment.ts';
import { summarize, type Summary } from './statistics.ts';

/** Whether an experiment agrees with a claim. */
export interface Verdict {
  readonly claim: string;
  /** `undecided` where the 95 % interval of the margin has both signs: the seeds differ more than the conditions. */
  readonly outcome: 'supported' | 'contradicted' | 'undecided';
  /** How far the seeds agree. */
  readonly margin: Summary;
  readonly unit: string;
}

/**
 * Judges a claim by its margins: conditions are compared within each seed, where they began alike.
 *
 * @param runs the conditions of each seed.
 */
export function judge({ text, unit, margin: marginOf }: Claim, runs: readonly (readonly Condition[])[]): Verdict {
  const margins = runs.map((run) =>
    marginOf((condition, measure) => {
      const value = run.find(({ name }) => name === condition)?.values[measure];
      if (value === undefined)
        throw new Error(`The claim asks for ${measure} of ${condition}, which was not measured.`);
      return value;
    }),
  );
  const margin = summarize(margins);
  const { mean, halfWidth } = margin;
  const outcome = mean - halfWidth > 0 ? 'supported' : mean + halfWidth < 0 ? 'contradicted' : 'undecided';
  return { claim: text, outcome, margin, unit };
}
