import { bertFamily } from '@cloze/bert';
import { disposeModule, parametersOf, placeholderParameters, type SequenceClassifier } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { headOf, layerGroups } from '../layer-groups.ts';
import { planPhases, type Phase } from '../phases.ts';
import { constant } from '../schedules.ts';
import { frozenFeatures } from './frozen-features.ts';
import { fullFineTuning } from './full-fine-tuning.ts';
import { gradualUnfreezing } from './gradual-unfreezing.ts';
import { headFirst } from './head-first.ts';
import { lowRateWarmStart } from './low-rate-warm-start.ts';

describe('recipes', () => {
  leaksNoTensors();

  it('trains everything', () => {
    withModel((model) => {
      expect(outline(model, fullFineTuning({ numSteps: 9, schedule: constant(2e-5) }))).toEqual([
        { name: 'all', numSteps: 9, groups: ['embeddings', 'layer 0', 'layer 1', 'head'], rates: [2e-5, 2e-5] },
      ]);
    });
  });

  it('trains the head on frozen features', () => {
    withModel((model) => {
      const settings = { head: headOf(model), numSteps: 9, schedule: constant(1e-3) };
      expect(outline(model, frozenFeatures(settings))).toEqual([
        { name: 'head', numSteps: 9, groups: ['head'], rates: [1e-3, 1e-3] },
      ]);
    });
  });

  it('trains the head first, then everything', () => {
    withModel((model) => {
      const head = { head: headOf(model), headSteps: 2, headSchedule: constant(1e-3) };
      const phases = headFirst({ ...head, then: { numSteps: 9, schedule: constant(2e-5) } });
      expect(outline(model, phases)).toEqual([
        { name: 'head', numSteps: 2, groups: ['head'], rates: [1e-3, 1e-3] },
        { name: 'all', numSteps: 9, groups: ['embeddings', 'layer 0', 'layer 1', 'head'], rates: [2e-5, 2e-5] },
      ]);
    });
  });

  it('warms up the head and goes on at a low rate', () => {
    withModel((model) => {
      const phases = lowRateWarmStart(model, { headSteps: 2, numSteps: 9 });
      expect(outline(model, phases)).toEqual([
        { name: 'head', numSteps: 2, groups: ['head'], rates: [1e-3, 1e-3] },
        { name: 'all', numSteps: 9, groups: ['embeddings', 'layer 0', 'layer 1', 'head'], rates: [2e-5, 2e-5] },
      ]);
      const rateOf = phases[1]?.rateOf ?? (() => 0);
      expect(rateOf('classifier.weight')).toBe(1);
      expect(rateOf('model.layers.1.attention.query.weight')).toBe(0.95);
      expect(rateOf('model.embeddings.tokens.weight')).toBeCloseTo(0.95 ** 3, 15);
    });
  });
});

describe('gradualUnfreezing', () => {
  leaksNoTensors();

  it('trains one more group in each epoch and then all, each in a triangle of its own', () => {
    withModel((model) => {
      const phases = gradualUnfreezing({ groups: layerGroups(model), numEpochs: 6, stepsPerEpoch: 10, peak: 32 });
      // First step, peak after a tenth.
      expect(outline(model, phases)).toEqual([
        { name: 'from head', numSteps: 10, groups: ['head'], rates: [1, 32] },
        { name: 'from layer 1', numSteps: 10, groups: ['layer 1', 'head'], rates: [1, 32] },
        { name: 'from layer 0', numSteps: 10, groups: ['layer 0', 'layer 1', 'head'], rates: [1, 32] },
        { name: 'all', numSteps: 30, groups: ['embeddings', 'layer 0', 'layer 1', 'head'], rates: [1, 32 - 62 / 3] },
      ]);
    });
  });

  it('unfreezes the rest earlier where it is told to, or where there are too few epochs', () => {
    withModel((model) => {
      const settings = { groups: layerGroups(model), stepsPerEpoch: 10, peak: 1 };
      const lengths = (phases: readonly Phase[]) => phases.map(({ name, numSteps }) => [name, numSteps]);
      expect(lengths(gradualUnfreezing({ ...settings, numEpochs: 2 }))).toEqual([
        ['from head', 10],
        ['all', 10],
      ]);
      expect(lengths(gradualUnfreezing({ ...settings, numEpochs: 5, frozenEpochs: 1 }))).toEqual([
        ['from head', 10],
        ['all', 40],
      ]);
      expect(lengths(gradualUnfreezing({ ...settings, numEpochs: 1 }))).toEqual([['all', 10]]);
    });
  });

  it('refuses to freeze through all epochs', () => {
    withModel((model) => {
      const groups = layerGroups(model);
      expect(() =>
        gradualUnfreezing({ groups, numEpochs: 2, stepsPerEpoch: 10, peak: 1, frozenEpochs: 2 }),
      ).toThrowErrorMatchingInlineSnapshot(
        `[ConfigError: CONFIG_INVALID: Gradual unfreezing must have more epochs and more groups than frozen epochs (2), got 2 and 4. Train longer, or unfreeze the rest earlier.]`,
      );
    });
  });
});

/** A BERT of two layers that classifies. */
function withModel(test: (model: SequenceClassifier) => void): void {
  const model = bertFamily.create(
    bertFamily.presets['tiny'] ?? never(),
    'sequence-classification',
    placeholderParameters(),
  );
  try {
    test(model);
  } finally {
    disposeModule(model);
  }
}

function never(): never {
  throw new Error('no such preset');
}

/** Which groups each phase trains, and its learning rates of the first and second step. */
function outline(model: SequenceClassifier, phases: readonly Phase[]) {
  return planPhases(model, phases).map(({ report: { name, numSteps }, trainable, schedule }) => {
    const trained = Object.keys(parametersOf(model, trainable));
    const groups = layerGroups(model).filter(({ paths }) => trained.some((path) => paths.has(path)));
    return { name, numSteps, groups: groups.map((group) => group.name), rates: [schedule(1), schedule(2)] };
  });
}
