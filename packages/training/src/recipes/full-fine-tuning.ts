import type { Phase } from '../phases.ts';

/** Settings of {@link fullFineTuning}. */
export type FullFineTuning = Pick<Phase, 'numSteps' | 'schedule' | 'rateOf'>;

/**
 * One phase that trains all parameters.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 4.
 */
export function fullFineTuning(settings: FullFineTuning): readonly Phase[] {
  return [{ name: 'all', ...settings }];
}
