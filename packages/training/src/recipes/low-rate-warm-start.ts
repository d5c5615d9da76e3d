import type { Module } from '@cloze/core';
import { layerDecay } from '../layer-decay.ts';
import { headOf, layerGroups } from '../layer-groups.ts';
import type { Phase } from '../phases.ts';
import { constant } from '../schedules.ts';
import { headFirst, type HeadFirst } from './head-first.ts';

/** Settings of {@link lowRateWarmStart}. */
export interface LowRateWarmStart extends Pick<HeadFirst, 'headSteps'>, Partial<Pick<HeadFirst, 'head'>> {
  /** How many updates everything has after that. */
  readonly numSteps: number;
  /** The learning rate of the head alone. Default 1e-3. */
  readonly headRate?: number;
  /** The learning rate of everything, at the top. Default 2e-5. */
  readonly rate?: number;
  /** See `layerDecay`. Default 0.95. */
  readonly decay?: number;
}

/**
 * The head alone at a high rate, then everything at a low one that falls from layer to layer.
 *
 * @throws {ConfigError} when the model has no head and none is named.
 * @see Sun et al. 2019, "How to Fine-Tune BERT for Text Classification?", for rate and decay. <https://arxiv.org/abs/1905.05583>
 */
export function lowRateWarmStart(
  model: Module,
  { head = headOf(model), headSteps, numSteps, headRate = 1e-3, rate = 2e-5, decay = 0.95 }: LowRateWarmStart,
): readonly Phase[] {
  return headFirst({
    head,
    headSteps,
    headSchedule: constant(headRate),
    then: { numSteps, schedule: constant(rate), rateOf: layerDecay(layerGroups(model), decay) },
  });
}
