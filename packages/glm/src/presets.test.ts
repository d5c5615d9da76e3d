import * as tf from '@tensorflow/tfjs';
import type { ParameterSource } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { GlmConfig } from './config.ts';
import { GlmForConditionalGeneration } from './heads.ts';
import { glm10B, glm2B, glm410M, glm515M, glmBase, glmLarge, glmMini, glmSmall, glmTiny } from './presets.ts';

/** Counts without holding: every parameter is the same scalar. */
function numParameters(config: GlmConfig): number {
  let count = 0;
  const scalar = tf.scalar(0);
  const source: ParameterSource = {
    at: () => source,
    get: (_, shape) => {
      count += shape.reduce((product, length) => product * length, 1);
      return scalar;
    },
  };
  new GlmForConditionalGeneration(config, source);
  scalar.dispose();
  return count;
}

describe('presets', () => {
  leaksNoTensors();

  it('have the sizes of the published models', () => {
    expect([glmBase, glmLarge, glm410M, glm515M, glm2B, glm10B].map(numParameters)).toEqual([
      109_338_624, 334_688_256, 410_265_600, 514_632_960, 1_920_122_880, 9_880_682_496,
    ]);
  });

  it('have the sizes that their documentation says', () => {
    expect(
      [glmTiny, glmMini, glmSmall].map((config) => numParameters(config) - config.vocabSize * config.hiddenSize),
    ).toEqual([429_824, 4_870_656, 25_745_408]);
  });
});
