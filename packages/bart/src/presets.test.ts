import * as tf from '@tensorflow/tfjs';
import type { ParameterSource } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { BartConfig } from './config.ts';
import { BartModel } from './model.ts';
import { bartBase, bartLarge, bartMini, bartSmall, bartTiny } from './presets.ts';

/** Counts without holding: every parameter is the same scalar. */
function numParameters(config: BartConfig): number {
  let count = 0;
  const scalar = tf.scalar(0);
  const source: ParameterSource = {
    at: () => source,
    get: (_, shape) => {
      count += shape.reduce((product, length) => product * length, 1);
      return scalar;
    },
  };
  new BartModel(config, source);
  scalar.dispose();
  return count;
}

describe('presets', () => {
  leaksNoTensors();

  it('have the sizes of the published models', () => {
    expect([bartBase, bartLarge].map(numParameters)).toEqual([139_420_416, 406_291_456]);
  });

  it('have the sizes that their documentation says', () => {
    const withoutVocabulary = [bartTiny, bartMini, bartSmall].map(
      (config) => numParameters(config) - config.vocabSize * config.hiddenSize,
    );
    expect(withoutVocabulary).toMatchInlineSnapshot(`
      [
        63744,
        5662720,
        29954048,
      ]
    `);
  });
});
