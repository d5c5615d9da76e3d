import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { causalBias } from './attention-masks.ts';
import { disposeModule, parametersOf, withParameters } from './module.ts';
import { FusedSelfAttention, MultiHeadAttention } from './multi-head-attention.ts';
import { randomParameters } from './parameter-source.ts';
import { RandomKey } from './random-key.ts';
import { tensorAt } from './tensor-shape.ts';

const config = { hiddenSize: 6, numHeads: 2, attentionDropout: 0.5 };
const source = randomParameters(RandomKey.fromSeed(1));
const input = (length: number): tf.Tensor => tf.tensor3d(RandomKey.fromSeed(2).uniform(length * 6), [1, length, 6]);

describe('MultiHeadAttention', () => {
  leaksNoTensors();

  it('equals fused attention with the same projections', () => {
    const fused = new FusedSelfAttention(config, source);
    const separate = new MultiHeadAttention(config, source);
    tf.tidy(() => {
      const parameters = Object.values(parametersOf(fused));
      const weights = tf.split(tensorAt(parameters, 0), 3, 1);
      const same = withParameters(separate, {
        'query.weight': tensorAt(weights, 0),
        'key.weight': tensorAt(weights, 1),
        'value.weight': tensorAt(weights, 2),
        'output.weight': tensorAt(parameters, 2),
      });
      const options = { bias: causalBias(4, 0) };
      expect(same.forward(input(4), options).output).toBeAllClose(fused.forward(input(4), options).output, {
        absolute: 1e-7,
      });
    });
    disposeModule(fused);
    disposeModule(separate);
  });

  it('attends to a source of another length', () => {
    const attention = new MultiHeadAttention(config, source);
    tf.tidy(() => {
      const { output, keyValues } = attention.forward(input(2), { keyValues: attention.keyValuesOf(input(5)) });
      expect([output.shape, keyValues.key.shape]).toEqual([
        [1, 2, 6],
        [1, 2, 5, 3],
      ]);
    });
    disposeModule(attention);
  });

  it('names its parameters after its fields', () => {
    const attention = new MultiHeadAttention(config, source);
    expect(Object.keys(parametersOf(attention)).filter((path) => path.endsWith('weight'))).toEqual([
      'query.weight',
      'key.weight',
      'value.weight',
      'output.weight',
    ]);
    disposeModule(attention);
  });
});

describe('FusedSelfAttention', () => {
  leaksNoTensors();

  it('drops out if and only if there is a key', () => {
    const attention = new FusedSelfAttention(config, source);
    tf.tidy(() => {
      const run = (seed?: number): Float32Array =>
        attention
          .forward(input(4), seed === undefined ? {} : { key: RandomKey.fromSeed(seed) })
          .output.dataSync<'float32'>();
      expect(run()).toEqual(run());
      expect(run(1)).toEqual(run(1));
      expect(run(1)).not.toEqual(run(2));
      expect(run(1)).not.toEqual(run());
    });
    disposeModule(attention);
  });
});
