import type { ParameterFilter } from '@cloze/core';
import type { Phase } from '../phases.ts';

/** Settings of {@link frozenFeatures}. */
export interface FrozenFeatures extends Pick<Phase, 'numSteps' | 'schedule'> {
  /** What is trained, for example `headOf(model)`. */
  readonly head: ParameterFilter;
}

/**
 * One phase that trains the head alone, on the features of a model that stays as it is: how ELMo is used. There the head contains the weights of the mix of
 * layers.
 *
 * @see Peters et al. 2018, "Deep contextualized word representations", section 3.3. <https://arxiv.org/abs/1802.05365>
 */
export function frozenFeatures({ head, numSteps, schedule }: FrozenFeatures): readonly Phase[] {
  return [{ name: 'head', numSteps, schedule, trainable: head }];
}
