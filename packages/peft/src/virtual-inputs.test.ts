import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { withVirtualTokens } from './virtual-inputs.ts';
import { ofText, withVirtualOutputs } from './virtual-outputs.ts';

const ints = (values: number[][]): tf.Tensor => tf.tensor2d(values, undefined, 'int32');

describe('withVirtualTokens', () => {
  leaksNoTensors();

  it('puts virtual tokens before all that counts tokens, and moves what points at them', () => {
    tf.tidy(() => {
      const inputs = {
        inputIds: ints([[5], [6]]),
        attentionMask: ints([[1], [0]]),
        tokenTypeIds: ints([[1], [1]]),
        positionIds: ints([[0], [3]]),
        blockPositionIds: ints([[0], [1]]),
        targetIds: ints([[4], [-1]]),
        predictionPositions: ints([[0], [0]]),
        mcTokenIds: ints([[0], [0]]),
        sep: tf.tensor1d([1, 1], 'int32'),
        nothing: undefined,
      };
      const changed = withVirtualTokens(inputs, { numVirtualTokens: 2, firstId: 9 });
      const values = Object.entries(changed).map(([name, tensor]) => [name, (tensor as tf.Tensor).arraySync()]);
      expect(Object.fromEntries(values)).toEqual({
        inputIds: [
          [9, 10, 5],
          [9, 10, 6],
        ],
        attentionMask: [
          [1, 1, 1],
          [1, 1, 0],
        ],
        tokenTypeIds: [
          [0, 0, 1],
          [0, 0, 1],
        ],
        positionIds: [
          [0, 1, 2],
          [0, 1, 5],
        ],
        blockPositionIds: [
          [0, 0, 0],
          [0, 0, 1],
        ],
        targetIds: [
          [-100, -100, 4],
          [-100, -100, -1],
        ],
        predictionPositions: [[2], [2]],
        mcTokenIds: [[2], [2]],
        sep: [3, 3],
      });
    });
  });

  it('keeps leading axes', () => {
    tf.tidy(() => {
      const { inputIds } = withVirtualTokens(
        { inputIds: tf.zeros([2, 3, 4], 'int32') },
        { numVirtualTokens: 1, firstId: 7 },
      );
      expect(inputIds).toHaveShape([2, 3, 5]);
    });
  });
});

describe('ofText', () => {
  leaksNoTensors();

  it('parts what counts tokens, which can be joined again', () => {
    tf.tidy(() => {
      const outputs = {
        logits: tf.reshape(tf.range(0, 6), [1, 3, 2]),
        startLogits: tf.tensor2d([[1, 2, 3]]),
        hiddenStates: [tf.ones([1, 3, 4])],
        poolerOutput: tf.ones([3, 2]),
        state: 'kept',
      };
      const text = ofText(outputs, { numVirtualTokens: 2, numTokens: 3 });
      expect(text['logits']).toBeAllClose(tf.tensor3d([4, 5], [1, 1, 2]), {});
      expect(text['startLogits']).toBeAllClose(tf.tensor2d([[3]]), {});
      expect(text).toMatchObject({ poolerOutput: outputs.poolerOutput, state: 'kept' });
      const joined = withVirtualOutputs(text);
      expect(joined['logits']).toBeAllClose(outputs.logits, {});
      expect((joined['hiddenStates'] as tf.Tensor[])[0]).toHaveShape([1, 3, 4]);
      expect(joined).not.toHaveProperty('virtualOutputs');
    });
  });

  it('leaves the scores of a sequence alone, however many they are', () => {
    tf.tidy(() => {
      const logits = tf.ones([2, 3]);
      expect(ofText({ logits }, { numVirtualTokens: 1, numTokens: 3 })['logits']).toBe(logits);
    });
  });
});
