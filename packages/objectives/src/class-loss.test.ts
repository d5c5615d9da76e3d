import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { classLoss } from './class-loss.ts';

interface Fixture {
  readonly logits: number[][];
  readonly labels: number[];
  readonly cases: readonly {
    readonly weights: number[] | null;
    readonly smoothing: number;
    readonly loss: number;
    readonly gradient: number[][];
  }[];
}

const { logits, labels, cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures', 'cross-entropy.json'), 'utf8'),
) as Fixture;

describe('classLoss', () => {
  leaksNoTensors();

  it.each(cases)(
    "is PyTorch's with weights $weights and smoothing $smoothing",
    ({ weights, smoothing, ...expected }) => {
      tf.tidy(() => {
        const options = { labelSmoothing: smoothing, ...(weights !== null && { classWeights: weights }) };
        const lossOf = classLoss('test', 4, options);
        // As of a batch of two rows of tokens.
        const shaped = tf.tensor3d(logits.flat(), [2, 4, 4]);
        const target = tf.tensor2d(labels, [2, 4], 'int32');
        const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => lossOf(x, target).loss)(shaped);
        expect(value).toBeAllClose(tf.scalar(expected.loss), { relative: 1e-6 });
        expect(grad.dataSync()).toBeAllClose(expected.gradient.flat(), { absolute: 1e-7, relative: 1e-5 });
        checkGradients((x) => lossOf(x, target).loss, [shaped]);
      });
    },
  );

  it('weighs batches and accuracy by the classes of their labels', () => {
    tf.tidy(() => {
      const lossOf = classLoss('test', 2, { classWeights: [1, 3], labelSmoothing: 0.1 });
      const whole = resultOf(
        lossOf(
          tf.tensor2d([
            [2, 0],
            [1, 0],
            [0, 1],
          ]),
          tf.tensor1d([0, 1, 1], 'int32'),
        ),
      );
      const first = resultOf(lossOf(tf.tensor2d([[2, 0]]), tf.tensor1d([0], 'int32')));
      const rest = resultOf(
        lossOf(
          tf.tensor2d([
            [1, 0],
            [0, 1],
          ]),
          tf.tensor1d([1, 1], 'int32'),
        ),
      );
      expect([whole, first, rest].map(({ numTargets }) => numTargets)).toEqual([7, 1, 6]);
      expect(whole.accuracy).toBeCloseTo(4 / 7, 6);
      expect(whole.loss).toBeCloseTo((first.loss + 6 * rest.loss) / 7, 6);
      expect(whole.negativeLogLikelihood).toBeLessThan(whole.loss);
    });
  });

  it.each([[[1]], [[1, 2, 3]], [[1, -1]], [[0, 0]], [[1, Number.NaN]]])(
    'refuses the weights %j of two classes',
    (classWeights) => {
      expect(() => classLoss('test', 2, { classWeights })).toThrow(
        `CONFIG_INVALID: test: classWeights must hold 2 numbers of at least 0, one for each class and not all 0, got [${classWeights.join(', ')}].`,
      );
    },
  );

  it.each([1, -0.1, Number.NaN])('refuses a smoothing of %d', (labelSmoothing) => {
    expect(() => classLoss('test', 2, { labelSmoothing })).toThrow(
      `CONFIG_INVALID: test: labelSmoothing must be in [0, 1), got ${labelSmoothing}.`,
    );
  });
});

function resultOf({ loss, numTargets, metrics }: ReturnType<ReturnType<typeof classLoss>>) {
  const numberOf = (scalar: tf.Scalar | undefined): number => scalar?.dataSync()[0] ?? Number.NaN;
  return {
    loss: numberOf(loss),
    numTargets: numberOf(numTargets),
    accuracy: numberOf(metrics['accuracy']),
    negativeLogLikelihood: numberOf(metrics['negativeLogLikelihood']),
  };
}
