import * as tf from '@tensorflow/tfjs';
import type { ParameterSource } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import type { BertConfig } from './config.ts';
import { BertModel } from './model.ts';
import { bertBase, bertLarge, bertMedium, bertMini, bertSmall, bertTiny } from './presets.ts';

/** Counts without holding: every parameter is the same scalar. */
function numParameters(config: BertConfig): number {
  let count = 0;
  const scalar = tf.scalar(0);
  const source: ParameterSource = {
    at: () => source,
    get: (_, shape) => {
      count += shape.reduce((product, length) => product * length, 1);
      return scalar;
    },
  };
  new BertModel(config, source);
  scalar.dispose();
  return count;
}

describe('presets', () => {
  leaksNoTensors();

  it('have the sizes of the published models', () => {
    const presets = [bertTiny, bertMini, bertSmall, bertMedium, bertBase, bertLarge];
    expect(presets.map(numParameters)).toEqual([
      4_385_920, 11_170_560, 28_763_648, 41_373_184, 109_482_240, 335_141_888,
    ]);
  });
});
