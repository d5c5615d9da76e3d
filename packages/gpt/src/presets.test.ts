import * as tf from '@tensorflow/tfjs';
import type { ParameterSource } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { GptConfig } from './config.ts';
import { GptForCausalLm } from './heads.ts';
import { gpt1, gpt2Large, gpt2Medium, gpt2Small, gpt2Xl, gptMini, gptNano } from './presets.ts';

/** Counts without holding: every parameter is the same scalar. */
function numParameters(config: GptConfig): number {
  let count = 0;
  const scalar = tf.scalar(0);
  const source: ParameterSource = {
    at: () => source,
    get: (_, shape) => {
      count += shape.reduce((product, length) => product * length, 1);
      return scalar;
    },
  };
  new GptForCausalLm(config, source);
  scalar.dispose();
  return count;
}

describe('presets', () => {
  leaksNoTensors();

  it('have the sizes of the published models', () => {
    expect([gpt1, gpt2Small, gpt2Medium, gpt2Large, gpt2Xl].map(numParameters)).toEqual([
      116_534_784, 124_439_808, 354_823_168, 774_030_080, 1_557_611_200,
    ]);
  });

  it('have the sizes that their documentation says', () => {
    expect(numParameters(gptNano) - gptNano.vocabSize * gptNano.hiddenSize).toBe(801_536);
    expect(numParameters(gptMini) - gptMini.vocabSize * gptMini.hiddenSize).toBe(10_745_856);
  });
});
