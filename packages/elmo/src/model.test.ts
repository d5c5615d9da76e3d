import * as tf from '@tensorflow/tfjs';
import { disposeModule, RandomKey, randomParameters } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentencesToCharacterIds } from './characters.ts';
import { ElmoModel } from './model.ts';
import { elmoTiny } from './presets.ts';

const config = { ...elmoTiny, hiddenSize: 4, memorySize: 6 };

describe('ElmoModel', () => {
  leaksNoTensors();

  let model: ElmoModel;

  beforeEach(() => {
    model = new ElmoModel(config, randomParameters(RandomKey.fromSeed(1)));
  });

  afterEach(() => {
    disposeModule(model);
  });

  const idsOf = (...sentences: string[]): tf.Tensor => {
    const { data, shape } = sentencesToCharacterIds(sentences.map((sentence) => sentence.split(' ')));
    return tf.tensor(data, [...shape], 'int32');
  };

  it('sees words and padding', () => {
    tf.tidy(() => {
      const { hiddenStates, lastHiddenState, mask } = model.forward({ inputIds: idsOf('one two', 'three') });
      expect(mask).toBeAllClose([
        [1, 1, 1, 1],
        [1, 1, 1, 0],
      ]);
      expect(hiddenStates.map(({ shape }) => shape)).toEqual([
        [2, 4, 8],
        [2, 4, 8],
        [2, 4, 8],
      ]);
      expect(lastHiddenState).toBe(hiddenStates.at(-1));
      expect(tf.slice(lastHiddenState, [1, 3, 0], [1, 1, 8])).toBeAllClose(tf.zeros([1, 1, 8]), { absolute: 0 });
    });
  });

  it('takes rows of characters that know no words, as tools pad them', () => {
    tf.tidy(() => {
      const inputIds = idsOf('one two', 'three');
      const flat = tf.reshape(inputIds, [2, 200]);
      const attentionMask = tf.concat([tf.ones([2, 150]), tf.tensor2d([1, 0], [2, 1]).tile([1, 50])], 1);
      const expected = model.forward({ inputIds }).lastHiddenState;
      expect(model.forward({ inputIds: flat }).lastHiddenState).toBeAllClose(expected, { absolute: 0 });
      expect(model.forward({ inputIds: flat, attentionMask }).lastHiddenState).toBeAllClose(expected, { absolute: 0 });
    });
  });

  it('reads forward from where it stopped, if it is given its state', () => {
    tf.tidy(() => {
      const whole = idsOf('one two three four');
      const part = (begin: number): tf.Tensor => tf.slice(whole, [0, begin, 0], [1, 3, 50]);
      const forwardOf = (x: tf.Tensor): tf.Tensor => tf.slice(x, [0, 0, 0], [1, x.shape[1] ?? 0, config.hiddenSize]);
      const first = model.forward({ inputIds: part(0) });
      const second = model.forward({ inputIds: part(3), state: first.state });
      const halves = tf.concat([forwardOf(first.lastHiddenState), forwardOf(second.lastHiddenState)], 1);
      expect(halves).toBeAllClose(forwardOf(model.forward({ inputIds: whole }).lastHiddenState), { absolute: 1e-6 });
      const reset = model.forward({ inputIds: part(3) });
      expect(reset.lastHiddenState).not.toBeAllClose(second.lastHiddenState, { absolute: 1e-3 });
    });
  });

  it('refuses characters that make no words', () => {
    tf.tidy(() => {
      const forward = (shape: number[]) => (): unknown => model.forward({ inputIds: tf.ones(shape, 'int32') });
      expect(forward([1, 2, 3])).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: ElmoModel: inputIds must be [B, T, C] with C at least 4, or [B, T * 50], got [1, 2, 3]. Make a row of characters of each word with wordToCharacterIds.]`,
      );
      expect(forward([1, 70])).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: ElmoModel: inputIds must be [B, T, C] with C at least 4, or [B, T * 50], got [1, 70]. Make a row of characters of each word with wordToCharacterIds.]`,
      );
    });
  });
});
