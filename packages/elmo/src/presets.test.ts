import * as tf from '@tensorflow/tfjs';
import type { ParameterSource } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { ElmoConfig } from './config.ts';
import { ElmoModel } from './model.ts';
import { elmoMedium, elmoMini, elmoOriginal, elmoSmall, elmoTiny } from './presets.ts';

/** Counts without holding: every parameter is the same scalar. */
function numParameters(config: ElmoConfig): number {
  let count = 0;
  const scalar = tf.scalar(0);
  const source: ParameterSource = {
    at: () => source,
    get: (_, shape) => {
      count += shape.reduce((product, length) => product * length, 1);
      return scalar;
    },
  };
  new ElmoModel(config, source);
  scalar.dispose();
  return count;
}

describe('presets', () => {
  leaksNoTensors();

  it('have the sizes of the published models', () => {
    expect([elmoSmall, elmoMedium, elmoOriginal].map((config) => (numParameters(config) / 1e6).toFixed(1))).toEqual([
      '13.6',
      '28.0',
      '93.6',
    ]);
  });

  it('have the sizes that their documentation says', () => {
    expect([elmoTiny, elmoMini].map((config) => (numParameters(config) / 1e6).toFixed(1))).toEqual(['0.2', '2.7']);
  });
});
