import { CheckpointError, parametersOf, type Module, type RandomKey } from '@cloze/core';
import type { Optimizer } from './optimizer.ts';
import { placeOf, type PlannedPhase } from './phases.ts';
import type { ResumePoint } from './snapshot.ts';

/** What must be the same in a run and in its continuation. */
export interface ResumableRun {
  readonly model: Module;
  readonly key: RandomKey;
  readonly data: { readonly fingerprint: string };
  readonly optimizer: Optimizer;
  readonly phases: readonly PlannedPhase[];
}

/**
 * Checks that a run continues the one that the checkpoint was made by.
 *
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` naming what differs.
 */
export function checkResumable({ model, key, data, optimizer, phases }: ResumableRun, resume: ResumePoint): void {
  const place = placeOf(phases, resume.step);
  const statePaths = pathsOf(Object.assign({}, ...Object.values(resume.optimizerState)) as object);
  const hasState = Object.keys(resume.optimizerState).length > 0;
  const differences: readonly (readonly [what: string, saved: string, given: string])[] = [
    ['seed', JSON.stringify(resume.key), JSON.stringify([...key.toWords()])],
    ['phase', describePlace(resume.phase), describePlace({ name: place.phase.report.name, step: place.step })],
    ['data', resume.data, data.fingerprint],
    ['optimizer', describe(resume.optimizer), describe(optimizer)],
    [
      'choice of trained parameters',
      statePaths,
      hasState ? pathsOf(parametersOf(model, place.phase.trainable)) : statePaths,
    ],
  ];
  const difference = differences.find(([, saved, given]) => saved !== given);
  if (difference === undefined) return;
  const [what, expected, actual] = difference;
  throw new CheckpointError('CHECKPOINT_MISMATCH', {
    message: `The ${what} must be that of the run to be resumed, ${expected}, got ${actual}.`,
    hint: `Resume with the same ${what}, or start a new run from the model of this checkpoint.`,
    step: resume.step,
    expected,
    actual,
  });
}

function describe({ name, settings }: ResumePoint['optimizer']): string {
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name} ${JSON.stringify(Object.fromEntries(sorted))}`;
}

function describePlace({ name, step }: ResumePoint['phase']): string {
  return `${name}, step ${step}`;
}

function pathsOf(map: object): string {
  const paths = Object.keys(map).sort();
  return `${paths.length} parameters, ${paths.join(' ')}`;
}
