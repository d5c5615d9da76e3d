import * as tf from '@tensorflow/tfjs';
import '@cloze/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from './engines/onnxruntime.ts';
import { onnxRuntimeWebEngine } from './engines/onnxruntime-web.ts';
import { tfjsEngine } from './engines/tfjs.ts';
import { jit } from './jit.ts';

// A type alias, because tfjs's containers want an index signature.
type State = { readonly weight: tf.Tensor; readonly moment: tf.Tensor };

/** Momentum descent on a least-squares problem: gradients and an update with donated state, in a few lines. */
function trainStep(state: State, x: tf.Tensor, y: tf.Tensor): { state: State; loss: tf.Tensor } {
  const { value, grads } = tf.valueAndGrads((w: tf.Tensor) =>
    tf.mean<tf.Scalar>(tf.square(tf.sub(tf.matMul(x, w), y))),
  )([state.weight]);
  const [gradient = tf.zerosLike(state.weight)] = grads;
  const moment = tf.add(tf.mul(state.moment, 0.9), gradient);
  return { state: { weight: tf.sub(state.weight, tf.mul(moment, 0.005)), moment }, loss: value };
}

const newState = (): State => ({ weight: tf.tensor2d([0.5, -1, 2, 0.25, 1, -0.5], [3, 2]), moment: tf.zeros([3, 2]) });
const x = (): tf.Tensor => tf.tensor2d([1, 2, 3, 4, 5, 6, -1, 0.5, 2, 0, 1, -2], [4, 3]);
const y = (): tf.Tensor => tf.tensor2d([1, 0, 0, 1, 2, -1, 0.5, 0.5], [4, 2]);

describe.each([
  onnxRuntimeEngine(),
  onnxRuntimeWebEngine({ runtime: async () => import('onnxruntime-web') }),
  tfjsEngine(),
])('jit on $name', (engine) => {
  let numTensors = 0;

  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  beforeEach(() => {
    numTensors = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('trains as the function does, without leaking a tensor', async () => {
    const step = jit(trainStep, { engine, donate: [0] });
    const [inputs, targets] = [x(), y()];
    let state = newState();
    let eager = newState();
    const counts = new Set<number>();
    for (let i = 0; i < 30; i++) {
      const result = await step(state, inputs, targets);
      const expected = tf.tidy(() => trainStep(eager, inputs, targets));
      expect(result.loss).toBeAllClose(expected.loss, { relative: 1e-5 });
      expect(result.state.weight).toBeAllClose(expected.state.weight, { ofLargest: 1e-5 });
      tf.dispose([eager, expected.loss, result.loss]);
      state = result.state;
      eager = expected.state;
      counts.add(tf.memory().numTensors);
    }
    expect(counts.size).toBe(1);
    tf.dispose([state, eager, inputs, targets]);
    step.dispose();
  });

  it('disposes of donated arguments and keeps the others', async () => {
    const step = jit(trainStep, { engine, donate: [0] });
    const [state, inputs, targets] = [newState(), x(), y()];
    const { state: next, loss } = await step(state, inputs, targets);
    expect(state.weight.isDisposed).toBe(true);
    expect(inputs.isDisposed).toBe(false);
    await expect(step(state, inputs, targets)).rejects.toThrow(
      'JIT_DISPOSED: An argument was disposed of before the call. Donated arguments cannot be used again: use the results instead.',
    );
    tf.dispose([next, loss, inputs, targets]);
    step.dispose();
  });

  it('does not write over an argument that was not donated, or that is passed twice', async () => {
    const add = jit((a: tf.Tensor, b: tf.Tensor) => [tf.add(tf.mul(a, 2), b), tf.sub(tf.mul(a, 3), b)], {
      engine,
      donate: [0],
    });
    const shared = await jit((a: tf.Tensor) => tf.mul(tf.add(a, 1), 2), { engine })(
      tf.tidy(() => tf.keep(tf.tensor1d([1, 2, 3]))),
    );
    const twice = shared.clone();
    const results = await add(shared, twice);
    expect(twice.dataSync()).toEqual(Float32Array.of(4, 6, 8));
    expect(results[0]?.dataSync()).toEqual(Float32Array.of(12, 18, 24));
    expect(results[1]?.dataSync()).toEqual(Float32Array.of(8, 12, 16));
    tf.dispose([results, twice]);
    add.dispose();
    numTensors += 1; // The kept tensor above.
  });

  it('compiles again for another shape and returns arguments and equal results as tensors of their own', async () => {
    const fn = jit((a: tf.Tensor) => ({ double: tf.mul(a, 2), same: a, again: tf.mul(a, 2), none: undefined }), {
      engine,
    });
    for (const length of [2, 5]) {
      const a = tf.range(0, length);
      const result = await fn(a);
      expect(result.none).toBeUndefined();
      expect(result.double).toBeAllClose(tf.tidy(() => tf.mul(a, 2).arraySync() as number[]));
      a.dispose();
      expect(result.same).toHaveShape([length]);
      result.double.dispose();
      expect(result.again.dataSync()[1]).toBe(2);
      tf.dispose([result.same, result.again]);
    }
    fn.dispose();
    await expect(fn(tf.scalar(1))).rejects.toThrow(
      'JIT_DISPOSED: The compiled function was disposed of. Compile it again.',
    );
    numTensors += 1; // The scalar above.
  });

  it('refuses numbers', async () => {
    const fn = jit((a: tf.Tensor | number) => tf.mul(a, 2), { engine });
    await expect(fn(3)).rejects.toThrow(
      'JIT_ARGUMENT: arguments[0] must be a tensor, an array or an object of tensors, got number. Pass numbers as tf.scalar(...), so that a new value does not need a new compilation.',
    );
  });
});

describe('jit', () => {
  const engine = onnxRuntimeEngine();

  it('names a kernel without a lowering and the line that called it', async () => {
    const fn = jit((a: tf.Tensor) => tf.einsum('i,i->', a, a), { engine });
    await expect(fn(tf.tensor1d([1, 2]))).rejects.toThrow(
      /^JIT_UNSUPPORTED_KERNEL: The tfjs kernel Einsum, called at .*jit\.test\.ts:\d+:\d+, has no lowering\. Express it with other ops/,
    );
  });

  it('refuses to read values while tracing', async () => {
    const fn = jit((a: tf.Tensor) => tf.mul(a, a.dataSync()[0] ?? 0), { engine });
    await expect(fn(tf.tensor1d([1, 2]))).rejects.toThrow(
      /^JIT_DATA_DEPENDENT: The value of a tensor was read while the function was traced/,
    );
  });

  it('refuses promises, strings and nesting', async () => {
    await expect(jit((a: tf.Tensor) => Promise.resolve(a), { engine })(tf.scalar(1))).rejects.toThrow(
      /^JIT_ARGUMENT: A compiled function returned a promise/,
    );
    await expect(jit((a: tf.Tensor) => a, { engine })(tf.tensor1d(['a']))).rejects.toThrow(
      /^JIT_ARGUMENT: A tensor of type string/,
    );
    const inner = jit((a: tf.Tensor) => tf.neg(a), { engine });
    const attempts: Promise<unknown>[] = [];
    const outer = jit(
      (a: tf.Tensor) => {
        attempts.push(
          expect(inner(a)).rejects.toThrow(/^JIT_ARGUMENT: A function was compiled while another one was being traced/),
        );
        return a;
      },
      { engine },
    );
    await outer(tf.scalar(1));
    await Promise.all(attempts);
    await expect(jit((a: tf.Tensor) => tf.neg(a), { engine })(tf.scalar(1))).resolves.toBeInstanceOf(tf.Tensor);
  });

  it('leaves the active backend as it was, after success and after failure', async () => {
    await tf.setBackend('cpu');
    await jit((a: tf.Tensor) => tf.neg(a), { engine })(tf.scalar(1));
    expect(tf.getBackend()).toBe('cpu');
    await jit((a: tf.Tensor) => tf.einsum('i,i->', a, a), { engine })(tf.tensor1d([1])).catch(
      (error: unknown) => error,
    );
    expect(tf.getBackend()).toBe('cpu');
  });

  it('leaves the event loop free while a graph runs', async () => {
    const fn = jit(
      (a: tf.Tensor) => Array.from({ length: 40 }).reduce<tf.Tensor>((product) => tf.tanh(tf.matMul(product, a)), a),
      { engine },
    );
    const a = tf.randomUniform([512, 512], -0.05, 0.05);
    (await fn(a)).dispose();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    (await fn(a)).dispose();
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });

  it('keeps tensors that it uses without receiving them as constants', async () => {
    const weight = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const fn = jit((a: tf.Tensor) => tf.matMul(a, weight), { engine });
    expect(await fn(tf.tensor2d([[1, 1]]))).toBeAllClose([[4, 6]]);
    expect(weight.isDisposed).toBe(false);
  });
});
