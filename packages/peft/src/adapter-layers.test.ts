import * as tf from '@tensorflow/tfjs';
import {
  disposeModule,
  Embedding,
  Linear,
  normal,
  parametersOf,
  RandomKey,
  randomParameters,
  withParameters,
  type Module,
  type ParameterMap,
} from '@cloze/core';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { BottleneckLinear } from './bottleneck-linear.ts';
import { DoraLinear } from './dora-linear.ts';
import { Ia3Linear } from './ia3-linear.ts';
import { LoraEmbedding } from './lora-embedding.ts';
import { LoraLinear } from './lora-linear.ts';

const source = randomParameters(RandomKey.fromSeed(1));
const lowRank = { rank: 2, scale: 0.5, dropout: 0 };
const linear = (): Linear => new Linear(3, 4, source.at('base'), { initializer: normal(1) });

const MERGEABLE = {
  LoraLinear: (base: Linear) => new LoraLinear(base, lowRank, source),
  DoraLinear: (base: Linear) => new DoraLinear(base, lowRank, source),
  'Ia3Linear on the output': (base: Linear) => new Ia3Linear(base, 'output', source),
  'Ia3Linear on the input': (base: Linear) => new Ia3Linear(base, 'input', source),
};

/** All layers that change a linear one. */
const LAYERS = {
  ...MERGEABLE,
  BottleneckLinear: (base: Linear) => new BottleneckLinear(base, { size: 2, activation: 'silu' }, source),
};

describe.each(Object.entries(LAYERS))('%s', (name, create) => {
  leaksNoTensors();

  it('starts as its base', () => {
    tf.tidy(() => {
      const base = linear();
      expect(create(base).forward(tf.tensor([[1, -2, 3]]))).toBeAllClose(base.forward(tf.tensor([[1, -2, 3]])));
    });
  });

  // DoRA's is checked for the magnitude only: it leaves the norm out of the gradient on purpose. The whole is compared with the reference.
  it('has the gradients of finite differences', () => {
    tf.tidy(() => {
      const layer = moved(create(linear()));
      const checked = (path: string): boolean =>
        !path.startsWith('base.') && (name !== 'DoraLinear' || path === 'magnitude');
      const parameters = parametersOf(layer, checked);
      const x = tf.tensor([
        [1, -2, 3],
        [0.5, 1, -1],
      ]);
      checkGradients(
        (...values) => withParameters(layer, renamed(parameters, values)).forward(x),
        Object.values(parameters),
      );
    });
  });
});

describe('merging', () => {
  leaksNoTensors();

  it.each(Object.entries(MERGEABLE))('%s computes the same when it is merged', (_, create) => {
    tf.tidy(() => {
      const layer = moved(create(linear()));
      const x = tf.tensor3d([1, -2, 3, 0.5, 1, -1], [1, 2, 3]);
      expect(layer.merged()).toBeInstanceOf(Linear);
      expect(layer.merged().forward(x)).toBeAllClose(layer.forward(x), { absolute: 1e-5 });
      expect(layer.forward(x)).not.toBeAllClose(layer.base.forward(x), { absolute: 1e-2 });
    });
  });
});

describe('LoraLinear and DoraLinear', () => {
  leaksNoTensors();

  it('drop out the input of the update only, if and only if there is a key', () => {
    tf.tidy(() => {
      const x = tf.ones([8, 3]);
      const key = RandomKey.fromSeed(7);
      for (const Layer of [LoraLinear, DoraLinear]) {
        const fresh = new Layer(linear(), { ...lowRank, dropout: 0.5 }, source);
        expect(fresh.forward(x, { key })).toBeAllClose(fresh.base.forward(x));
        const layer = moved(fresh);
        expect(layer.forward(x, { key })).not.toBeAllClose(layer.forward(x));
        expect(layer.forward(x, { key })).toBeAllClose(layer.forward(x, { key }), {});
      }
    });
  });
});

describe('LoraEmbedding', () => {
  leaksNoTensors();

  it('starts as its base, and looks up, lists and merges the same table', () => {
    tf.tidy(() => {
      const base = new Embedding(5, 4, source.at('base'), { paddingId: 0 });
      const fresh = new LoraEmbedding(base, lowRank, source);
      const ids = tf.tensor2d([[3, 0, 3]], [1, 3], 'int32');
      expect(fresh.forward(ids)).toBeAllClose(base.forward(ids));
      const layer = moved(fresh);
      expect(layer.forward(ids)).toBeAllClose(layer.merged().forward(ids));
      expect(layer.firstRows(2)).toBeAllClose(layer.merged().firstRows(2));
      expect(layer.project(tf.ones([1, 4]))).toBeAllClose(base.project(tf.ones([1, 4])));
      expect(layer.forward(ids)).not.toBeAllClose(base.forward(ids), { absolute: 1e-2 });
    });
  });

  it('has the gradients of finite differences', () => {
    tf.tidy(() => {
      const layer = moved(new LoraEmbedding(new Embedding(3, 4, source.at('base')), lowRank, source));
      const parameters = parametersOf(layer, (path) => !path.startsWith('base.'));
      const ids = tf.tensor2d([[2, 1, 2]], [1, 3], 'int32');
      checkGradients(
        (...values) => withParameters(layer, renamed(parameters, values)).forward(ids),
        Object.values(parameters),
      );
    });
  });
});

describe('BottleneckLinear', () => {
  it('cannot be merged', () => {
    const layer = new BottleneckLinear(linear(), { size: 1, activation: 'relu' }, source);
    expect(() => layer.merged()).toThrow('no single linear layer computes the same');
    disposeModule(layer);
  });
});

/** The same layer away from its start, so that every parameter matters. */
function moved<M extends Module>(layer: M): M {
  const own = Object.entries(parametersOf(layer, (path) => !path.startsWith('base.')));
  const values = own.map(([path, tensor], index) => [
    path,
    tf.add(tensor, tf.randomNormal(tensor.shape, 0, 1, 'float32', index + 1)),
  ]);
  return withParameters(layer, Object.fromEntries(values) as ParameterMap);
}

function renamed(parameters: ParameterMap, values: readonly tf.Tensor[]): ParameterMap {
  return Object.fromEntries(Object.keys(parameters).map((path, index) => [path, values[index] as tf.Tensor]));
}
