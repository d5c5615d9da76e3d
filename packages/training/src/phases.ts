import { ConfigError, parametersOf, type Module, type ParameterFilter, type ParameterMap } from '@cloze/core';
import type { RateOf } from './parameter-rates.ts';
import type { Schedule } from './schedules.ts';

/**
 * A part of a run: so many updates of some of the parameters. A phase begins with a fresh state of the optimizer, as in fastai, so that parameters that
 * were frozen before are treated as all others.
 */
export interface Phase {
  readonly name: string;
  /** How many updates it has. */
  readonly numSteps: number;
  /** Which parameters it trains, among those that the run trains. Default: all. */
  readonly trainable?: ParameterFilter | undefined;
  /** The learning rate by the step inside of the phase, from 1. */
  readonly schedule: Schedule;
  /** What the learning rate is multiplied by, for each parameter. Default: 1. */
  readonly rateOf?: RateOf | undefined;
}

/** What a phase trains, and when. */
export interface PhaseReport {
  readonly name: string;
  /** Its first step in the run, from 1. */
  readonly firstStep: number;
  readonly numSteps: number;
  /** How many numbers it trains. */
  readonly numTrainable: number;
  /** How many numbers the model has. */
  readonly numParameters: number;
  /** In percent of all. */
  readonly trainablePercent: number;
}

/** A phase in its place. */
export interface PlannedPhase extends Required<Pick<Phase, 'trainable' | 'schedule'>>, Pick<Phase, 'rateOf'> {
  readonly trainable: ParameterFilter;
  readonly report: PhaseReport;
}

/** The name of the only phase of a run that was given none. */
export const ONLY_PHASE = 'training';

/**
 * Puts phases one after the other.
 *
 * @param trainable what the run trains at most.
 * @throws {ConfigError} when there is no phase, one has no whole number of steps, or trains nothing.
 */
export function planPhases(
  model: Module,
  phases: readonly Phase[],
  trainable: ParameterFilter = () => true,
): readonly PlannedPhase[] {
  const numParameters = sizeOf(parametersOf(model));
  let firstStep = 1;
  const planned = phases.map((phase) => {
    const { name, numSteps, schedule, rateOf, trainable: isOfPhase = () => true } = phase;
    const isTrained: ParameterFilter = (path) => trainable(path) && isOfPhase(path);
    const numTrainable = sizeOf(parametersOf(model, isTrained));
    checkPhase(phase, numTrainable);
    const trainablePercent = (100 * numTrainable) / numParameters;
    const report = { name, firstStep, numSteps, numTrainable, numParameters, trainablePercent };
    firstStep += numSteps;
    return { trainable: isTrained, schedule, rateOf, report };
  });
  if (planned.length > 0) return planned;
  throw new ConfigError({ message: 'A run must have at least one phase, got none.', hint: 'Give it a phase.' });
}

/** The phase that a step of the run belongs to, and its number there, from 1. Steps after the end belong to the last phase. */
export function placeOf(
  phases: readonly PlannedPhase[],
  step: number,
): { readonly phase: PlannedPhase; readonly step: number } {
  const phase = phases.find(({ report }) => step < report.firstStep + report.numSteps) ?? phases.at(-1);
  if (phase === undefined) throw new RangeError('placeOf: there must be a phase.');
  return { phase, step: step - phase.report.firstStep + 1 };
}

function checkPhase({ name, numSteps }: Phase, numTrainable: number): void {
  if (!Number.isInteger(numSteps) || numSteps < 0) {
    throw new ConfigError({
      message: `The phase ${name} must have a whole number of steps, got ${numSteps}.`,
      hint: 'Round it.',
    });
  }
  if (numTrainable === 0) {
    throw new ConfigError({
      message: `The phase ${name} must train at least one parameter, got a filter that selects none.`,
      hint: 'Compare the filter with the paths that parametersOf(model) lists.',
    });
  }
}

function sizeOf(parameters: ParameterMap): number {
  return Object.values(parameters).reduce((sum, { size }) => sum + size, 0);
}
