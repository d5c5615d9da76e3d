import * as tf from '@tensorflow/tfjs';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { causalBias } from './attention-masks.ts';
import { disposeModule, parametersOf, withParameters } from './module.ts';
import { FusedSelfAttention } from './multi-head-attention.ts';
import { randomParameters } from './parameter-source.ts';
import { RandomKey } from './random-key.ts';
import { TransformerLayer } from './transformer-layer.ts';

function createLayer(normPosition: 'before' | 'after'): TransformerLayer {
  return new TransformerLayer(
    {
      hiddenSize: 4,
      intermediateSize: 6,
      activation: 'geluTanh',
      normPosition,
      layerNormEpsilon: 1e-5,
      hiddenDropout: 0.2,
    },
    (source) => new FusedSelfAttention({ hiddenSize: 4, numHeads: 2, attentionDropout: 0.2 }, source),
    randomParameters(RandomKey.fromSeed(1)),
  );
}

describe('TransformerLayer', () => {
  leaksNoTensors();

  it.each(['before', 'after'] as const)('differentiates every parameter with the norm %s', (normPosition) => {
    const layer = createLayer(normPosition);
    const parameters = parametersOf(layer);
    const paths = Object.keys(parameters);
    tf.tidy(() => {
      const x = tf.tensor3d(
        RandomKey.fromSeed(2)
          .uniform(12)
          .map((value) => 4 * value - 2),
        [1, 3, 4],
      );
      const options = { bias: causalBias(3, 0), key: RandomKey.fromSeed(4) };
      checkGradients(
        (x: tf.Tensor, ...values: tf.Tensor[]) => {
          const given = Object.fromEntries(paths.map((path, index) => [path, values[index] ?? x]));
          return withParameters(layer, given).forward(x, options).output;
        },
        [x, ...Object.values(parameters)],
      );
    });
    disposeModule(layer);
  });

  it('leaves the sum normalized in post-norm only', () => {
    for (const [normPosition, isNormalized] of [
      ['before', false],
      ['after', true],
    ] as const) {
      const layer = createLayer(normPosition);
      tf.tidy(() => {
        const { output } = layer.forward(tf.tensor3d([1, 2, 3, 10], [1, 1, 4]));
        expect(Math.abs(tf.mean(output).dataSync()[0] ?? 1) < 1e-6).toBe(isNormalized);
      });
      disposeModule(layer);
    }
  });

  it('names its parameters after its fields', () => {
    const layer = createLayer('before');
    expect(Object.keys(parametersOf(layer))).toMatchInlineSnapshot(`
      [
        "attention.queryKeyValue.weight",
        "attention.queryKeyValue.bias",
        "attention.output.weight",
        "attention.output.bias",
        "attentionNorm.weight",
        "attentionNorm.bias",
        "feedForward.up.weight",
        "feedForward.up.bias",
        "feedForward.down.weight",
        "feedForward.down.bias",
        "feedForwardNorm.weight",
        "feedForwardNorm.bias",
      ]
    `);
    disposeModule(layer);
  });
});
