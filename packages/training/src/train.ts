import type { Module } from '@cloze/core';
import { ONLY_PHASE, type Phase } from './phases.ts';
import { trainPhases, type PhasedTrainingOptions, type Training } from './train-phases.ts';

/** A run of one phase. */
export interface TrainingOptions<M extends Module, Example, Field extends string = string>
  extends Omit<PhasedTrainingOptions<M, Example, Field>, 'phases'>, Pick<Phase, 'rateOf'> {
  /** The learning rate by step. It does not know `numSteps`, so a run can be stopped early without changing it. */
  readonly schedule: Phase['schedule'];
  /** How many updates the run has in all, those before a resumption included. */
  readonly numSteps: number;
}

/**
 * Trains a model in one phase, see {@link trainPhases}.
 *
 * @example
 * const run = train({ model, objective, data, optimizer: adamw(), schedule: constant(1e-3), numSteps: 100, batchSize: 8, key, engine: 'tfjs' });
 * for await (const { step, loss } of run) console.log(step, loss);
 * @throws as {@link trainPhases}.
 */
export function train<M extends Module, Example, Field extends string>({
  schedule,
  numSteps,
  rateOf,
  ...options
}: TrainingOptions<M, Example, Field>): Training<M> {
  return trainPhases({ ...options, phases: [{ name: ONLY_PHASE, schedule, numSteps, rateOf }] });
}
