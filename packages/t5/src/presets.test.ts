import * as tf from '@tensorflow/tfjs';
import type { ParameterSource } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { T5Config } from './config.ts';
import { T5ForConditionalGeneration } from './heads.ts';
import * as presets from './presets.ts';

/** Counts without holding: every parameter is the same scalar. */
function numParameters(config: T5Config): number {
  let count = 0;
  const scalar = tf.scalar(0);
  const source: ParameterSource = {
    at: () => source,
    get: (_, shape) => {
      count += shape.reduce((product, length) => product * length, 1);
      return scalar;
    },
  };
  new T5ForConditionalGeneration(config, source);
  scalar.dispose();
  return count;
}

describe('presets', () => {
  leaksNoTensors();

  it('have the sizes of the published models', () => {
    const { t5Small, t5Base, t5Large, t5Xl, t5Xxl } = presets;
    expect([t5Small, t5Base, t5Large, t5Xl, t5Xxl].map(numParameters)).toEqual([
      60_506_624, 222_903_552, 737_668_096, 2_851_598_336, 11_307_321_344,
    ]);
    const { t5V11Small, t5V11Base, t5V11Large, t5V11Xl, t5V11Xxl } = presets;
    expect([t5V11Small, t5V11Base, t5V11Large, t5V11Xl, t5V11Xxl].map(numParameters)).toEqual([
      76_961_152, 247_577_856, 783_150_080, 2_849_757_184, 11_135_332_352,
    ]);
  });

  it('have the sizes that their documentation says', () => {
    const withoutVocabulary = (config: T5Config): number =>
      numParameters(config) - config.vocabSize * config.hiddenSize;
    const { t5Tiny, t5Mini, t5SmallScratch } = presets;
    expect([t5Tiny, t5Mini, t5SmallScratch].map(withoutVocabulary)).toEqual([923_392, 7_378_688, 44_062_080]);
  });
});
