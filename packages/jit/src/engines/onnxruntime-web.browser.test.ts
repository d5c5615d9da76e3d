import * as tf from '@tensorflow/tfjs';
import '@cloze/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { testLowerings } from '../fixtures/lowering-cases.ts';
import { jit } from '../jit.ts';
import { createNetworkState, createStepInputs, networkStep } from '../test-network.ts';
import { onnxRuntimeWebEngine } from './onnxruntime-web.ts';
import { webEngine } from './web-engine.ts';
import { runtimeBackend } from './web/runtime-backend.ts';

describe.each(['wasm', 'webgpu'] as const)('onnxruntime-web with %s', (provider) => {
  const engine = onnxRuntimeWebEngine({ provider });

  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  // "WGSL", section 15.7.4.1, table of accuracies: 2^-11 in [-pi, pi].
  testLowerings(engine, provider === 'webgpu' ? { trigonometric: 2 ** -11 } : {});

  it.each([0, 1, 2, 4])('holds a tensor of rank %i for many calls', async (rank) => {
    const shape = Array.from({ length: rank }, (_, axis) => axis + 1);
    const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, index) => index + 0.5);
    const held = await engine.hold(values, shape);
    expect(runtimeBackend().tensorOf(held) !== undefined).toBe(provider === 'webgpu');
    const double = jit((x: tf.Tensor) => tf.mul(x, 2), { engine });
    for (const factor of [2, 2]) {
      const result = await double(held);
      expect([...(await result.data())]).toEqual([...values].map((value) => factor * value));
      result.dispose();
    }
    expect(await held.data()).toEqual(values);
    held.dispose();
    double.dispose();
  });

  it('trains as eager tfjs does', async () => {
    const step = jit(networkStep, { engine, donate: [0] });
    let [compiled, eager] = [createNetworkState(1), createNetworkState(1)];
    for (let index = 0; index < 5; index++) {
      const inputs = createStepInputs(index);
      const actual = await step(compiled, inputs);
      const expected = networkStep(eager, inputs);
      expect((await actual.loss.data())[0]).toBeCloseTo((await expected.loss.data())[0] ?? NaN, 5);
      [compiled, eager] = [actual.state, expected.state];
    }
    for (const [name, parameter] of Object.entries(compiled.parameters)) {
      expect(tf.tensor(await parameter.data(), parameter.shape), name).toBeAllClose(
        eager.parameters[name] ?? tf.scalar(NaN),
        {
          ofLargest: 1e-4,
        },
      );
    }
    step.dispose();
  });
});

describe('webEngine', () => {
  it('prefers WebAssembly to a graphics card that is computed by the processor', async () => {
    expect((await webEngine()).name).toBe('onnxruntime-web wasm');
  });
});
