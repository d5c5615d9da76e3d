import * as tf from '@tensorflow/tfjs';
import { disposeModule, RandomKey, randomParameters, withParameters } from '@cloze/core';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { ProjectedLstm, type LstmConfig, type LstmState } from './lstm.ts';

const key = RandomKey.fromSeed(2);
const config: LstmConfig = { inputSize: 2, hiddenSize: 2, memorySize: 3, memoryClip: 0.4, hiddenClip: 0.3 };

/** Numbers in [-scale, scale). */
function numbers(shape: number[], name: string, scale = 1): tf.Tensor {
  const values = key.fold(name).uniform(tf.util.sizeFromShape(shape));
  return tf.tensor(
    values.map((value) => (2 * value - 1) * scale),
    shape,
  );
}

describe('ProjectedLstm', () => {
  leaksNoTensors();

  it('has the gradients of its loop, clipped and with padding', () => {
    tf.tidy(() => {
      const lstm = new ProjectedLstm(config, randomParameters(key));
      const mask = tf.tensor3d([1, 1, 1, 1, 1, 0], [3, 2, 1]);
      const read = (...[x, weight, bias, projection, memory, hidden]: tf.Tensor[]): tf.Tensor => {
        const given = withParameters(lstm, { weight, bias, projection } as Record<string, tf.Tensor>);
        const state = { memory, hidden } as LstmState;
        const { outputs, state: next } = given.forward({ x: x ?? tf.zeros([3, 2, 2]), mask, state });
        return tf.concat([tf.reshape(outputs, [-1]), tf.reshape(next.memory, [-1]), tf.reshape(next.hidden, [-1])]);
      };
      const inputs = [
        numbers([3, 2, 2], 'x', 2),
        numbers([4, 12], 'weight', 2),
        numbers([12], 'bias'),
        numbers([3, 2], 'projection', 2),
        numbers([2, 3], 'memory', 0.4),
        numbers([2, 2], 'hidden', 0.3),
      ];
      const isClipped = tf.equal(tf.abs(read(...inputs)), 0.3);
      expect(tf.sum(tf.cast(isClipped, 'int32')).dataSync()[0], 'some values are clipped').toBeGreaterThan(0);
      checkGradients(read, inputs, { step: 1e-3, tolerance: 5e-3 });
    });
  });

  it('goes on from its state', () => {
    tf.tidy(() => {
      const lstm = new ProjectedLstm(
        { ...config, memoryClip: undefined, hiddenClip: undefined },
        randomParameters(key),
      );
      const x = numbers([4, 2, 2], 'x');
      const mask = tf.ones([4, 2, 1]);
      const whole = lstm.forward({ x, mask, state: undefined });
      const part = (begin: number, state?: LstmState): ReturnType<typeof lstm.forward> =>
        lstm.forward({ x: tf.slice(x, [begin, 0, 0], [2, -1, -1]), mask: tf.ones([2, 2, 1]), state });
      const first = part(0);
      const second = part(2, first.state);
      expect(tf.concat([first.outputs, second.outputs])).toBeAllClose(whole.outputs, { absolute: 1e-6 });
      expect(second.state.memory).toBeAllClose(whole.state.memory, { absolute: 1e-6 });
      expect(second.state.hidden).toBeAllClose(whole.state.hidden, { absolute: 1e-6 });
    });
  });

  it('stays as it is at padding', () => {
    tf.tidy(() => {
      const lstm = new ProjectedLstm(config, randomParameters(key));
      const x = numbers([3, 3, 2], 'x');
      const state = { memory: numbers([3, 3], 'memory', 0.4), hidden: numbers([3, 2], 'hidden', 0.3) };
      // Rows of three, one and no words.
      const mask = tf.tensor3d([1, 1, 0, 1, 0, 0, 1, 0, 0], [3, 3, 1]);
      const padded = lstm.forward({ x, mask, state });
      const row = (tensor: tf.Tensor, index: number): tf.Tensor => tf.slice(tensor, [index, 0], [1, -1]);
      const alone = lstm.forward({
        x: tf.slice(x, [0, 1, 0], [1, 1, 2]),
        mask: tf.ones([1, 1, 1]),
        state: { memory: row(state.memory, 1), hidden: row(state.hidden, 1) },
      });
      expect(row(padded.state.memory, 1)).toBeAllClose(alone.state.memory, { absolute: 0 });
      expect(row(padded.state.hidden, 1)).toBeAllClose(alone.state.hidden, { absolute: 1e-7 });
      expect(row(padded.state.memory, 2)).toBeAllClose(row(state.memory, 2), { absolute: 0 });
      expect(row(padded.state.hidden, 2)).toBeAllClose(row(state.hidden, 2), { absolute: 0 });
      expect(tf.slice(padded.outputs, [1, 1, 0], [2, 2, 2])).toBeAllClose(tf.zeros([2, 2, 2]), { absolute: 0 });
      disposeModule(lstm);
    });
  });
});
