import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { EarlyStopper, type EarlyStopping } from './early-stopping.ts';

describe('EarlyStopper', () => {
  leaksNoTensors();

  it.each([
    ['the loss, lowest', { patience: 2 }, [3, 2, 2, 2.5], [1, 1, 1, 1], 2],
    ['a metric, highest', { patience: 2, metric: 'accuracy' }, [0, 0, 0, 0], [0.5, 0.7, 0.6, 0.7], 2],
    ['an error, lowest', { patience: 2, metric: 'accuracy', goal: 'lowest' }, [0, 0, 0], [0.2, 0.3, 0.2], 1],
    ['large steps only', { patience: 2, minImprovement: 0.5 }, [3, 2.75, 2.5, 2.25, 2.5], [0, 0, 0, 0, 0], 3],
  ] as const satisfies [string, EarlyStopping, number[], number[], number][])(
    'counts what is no improvement of %s',
    (_, options, losses, accuracies, best) => {
      const stopper = new EarlyStopper(options, undefined);
      losses.forEach((loss, index) => {
        expect(stopper.isStopped()).toBe(false);
        stopper.judge(index + 1, { loss, metrics: { accuracy: accuracies[index] ?? 0 } }, {});
      });
      expect(stopper.isStopped()).toBe(true);
      expect(stopper.best?.evaluation.step).toBe(best);
    },
  );

  it('keeps a copy of the best parameters', () => {
    tf.tidy(() => {
      const stopper = new EarlyStopper({ patience: 1 }, undefined);
      const weight = tf.tensor1d([1, 2]);
      stopper.judge(1, { loss: 1, metrics: {} }, { weight });
      stopper.judge(2, { loss: 2, metrics: {} }, { weight: tf.tensor1d([3, 4]) });
      expect(stopper.best).toEqual({
        evaluation: { step: 1, value: 1, numWorse: 1 },
        parameters: new Map([['weight', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]),
      });
    });
  });

  it('refuses what it cannot watch', () => {
    const watch = (options: EarlyStopping, loss = 1): void => {
      new EarlyStopper(options, undefined).judge(7, { loss, metrics: { accuracy: 1 } }, {});
    };
    expect(() => {
      watch({ patience: 0 });
    }).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: The patience of early stopping must be a whole number of at least 1, got 0. Say how many evaluations without improvement end the run.]`,
    );
    expect(() => {
      watch({ patience: 1, metric: 'f1' });
    }).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: Early stopping must watch something that is measured: accuracy, loss; got f1. Choose one of these.]`,
    );
    expect(() => {
      watch({ patience: 1 }, Number.NaN);
    }).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: NON_FINITE: The loss that early stopping watches must be finite, got NaN. Look at the validation examples: there may be none with a target.]`,
    );
  });
});
