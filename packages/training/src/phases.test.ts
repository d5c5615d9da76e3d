import { disposeModule } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { tinyModel } from './fixtures/tiny-run.ts';
import { placeOf, planPhases, type Phase } from './phases.ts';
import { constant } from './schedules.ts';

const phase = (name: string, numSteps: number, trainable?: Phase['trainable']): Phase => ({
  name,
  numSteps,
  schedule: constant(1),
  trainable,
});

describe('planPhases', () => {
  leaksNoTensors();

  it('trains what both the run and the phase select', () => {
    const model = tinyModel();
    const [only] = planPhases(model, [phase('biases', 1, (path) => path.endsWith('.bias'))], (path) =>
      path.includes('layers.0'),
    );
    expect(only?.report.numTrainable).toBe(176);
    expect(only?.trainable('model.layers.0.attention.output.bias')).toBe(true);
    expect(only?.trainable('model.layers.1.attention.output.bias')).toBe(false);
    expect(only?.trainable('model.layers.0.attention.output.weight')).toBe(false);
    disposeModule(model);
  });

  it('refuses what is no run', () => {
    const model = tinyModel();
    expect(() => planPhases(model, [])).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: A run must have at least one phase, got none. Give it a phase.]`,
    );
    expect(() => planPhases(model, [phase('all', 1.5)])).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: The phase all must have a whole number of steps, got 1.5. Round it.]`,
    );
    expect(() => planPhases(model, [phase('all', -1)])).toThrow('got -1');
    expect(() => planPhases(model, [phase('head', 1, () => false)])).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: The phase head must train at least one parameter, got a filter that selects none. Compare the filter with the paths that parametersOf(model) lists.]`,
    );
    disposeModule(model);
  });
});

describe('placeOf', () => {
  leaksNoTensors();

  it('counts the steps of each phase from 1 and passes over empty ones', () => {
    const model = tinyModel();
    const phases = planPhases(model, [phase('a', 2), phase('none', 0), phase('b', 3)]);
    const places = [1, 2, 3, 5, 6].map((step) => placeOf(phases, step));
    expect(places.map(({ phase, step }) => [phase.report.name, step])).toEqual([
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['b', 3],
      // After the end: of a run that was longer before.
      ['b', 4],
    ]);
    disposeModule(model);
  });
});
