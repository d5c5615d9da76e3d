import * as tf from '@tensorflow/tfjs';
import {
  RandomKey,
  toBatchTensors,
  type CausalOutputs,
  type DecoderInputs,
  type EncoderDecoderInputs,
  type EncoderDecoderModel,
  type EncoderDecoderOutputs,
  type EncoderInputs,
  type EncoderOutputs,
  type KeyValues,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { textToText } from './text-to-text.ts';

const key = RandomKey.fromSeed(1);
const tokens = { padTokenId: 1, decoderStartTokenId: 2 };
const pairs = [
  { sourceIds: [5, 6, 7], targetIds: [8, 2] },
  { sourceIds: Uint16Array.of(9), targetIds: [4, 3, 2] },
];

/** Predicts from the target's current token alone: its logits are a row of a table. */
class TargetBigram implements EncoderDecoderModel {
  readonly table: tf.Tensor;
  readonly cacheShape = { numLayers: 0, numHeads: 0, headSize: 0, maxPositions: 8, vocabSize: 4 };
  readonly decoderStartTokenId = 2;
  readonly padTokenId = 1;
  constructor(table: tf.Tensor) {
    this.table = table;
  }
  encode({ inputIds }: EncoderInputs): EncoderOutputs {
    return { lastHiddenState: inputIds, hiddenStates: [] };
  }
  crossKeyValues(): readonly KeyValues[] {
    return [];
  }
  decode({ inputIds }: DecoderInputs): CausalOutputs {
    const logits = tf.gather(this.table, inputIds);
    return { logits, lastHiddenState: logits, hiddenStates: [], keyValues: [] };
  }
  forward({ inputIds, decoderInputIds }: EncoderDecoderInputs): EncoderDecoderOutputs {
    const { logits, lastHiddenState } = this.decode({ inputIds: decoderInputIds, crossKeyValues: [] });
    return {
      logits,
      lastHiddenState,
      decoderHiddenStates: [],
      encoderLastHiddenState: inputIds,
      encoderHiddenStates: [],
    };
  }
}

describe('textToText', () => {
  leaksNoTensors();

  it('feeds the decoder its target, one position to the right', () => {
    expect(textToText(tokens).prepare(pairs, key)).toEqual({
      inputIds: { data: Int32Array.of(5, 6, 7, 9, 1, 1), shape: [2, 3] },
      attentionMask: { data: Int32Array.of(1, 1, 1, 1, 0, 0), shape: [2, 3] },
      decoderInputIds: { data: Int32Array.of(2, 8, 1, 2, 4, 3), shape: [2, 3] },
      labels: { data: Int32Array.of(8, 2, -100, 4, 3, 2), shape: [2, 3] },
    });
  });

  it('makes batches of one shape where lengths are given', () => {
    const objective = textToText({ ...tokens, sourceLength: 4, targetLength: 5 });
    const { inputIds, attentionMask, decoderInputIds, labels } = objective.prepare(pairs.slice(1), key);
    expect([inputIds, attentionMask, decoderInputIds, labels].map(({ shape }) => shape)).toEqual([
      [1, 4],
      [1, 4],
      [1, 5],
      [1, 5],
    ]);
    expect([...labels.data]).toEqual([4, 3, 2, -100, -100]);
  });

  it('is log V for a model that knows nothing, and counts its targets', () => {
    tf.tidy(() => {
      const batch = toBatchTensors(textToText(tokens).prepare([{ sourceIds: [0], targetIds: [3, 2] }], key));
      const { loss, numTargets, metrics } = textToText(tokens).loss(new TargetBigram(tf.zeros([4, 4])), batch);
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(4), 6);
      expect(numTargets.dataSync()[0]).toBe(2);
      expect(metrics).toEqual({});
    });
  });

  it('reports the plain loss beside the smoothed one', () => {
    tf.tidy(() => {
      const objective = textToText({ ...tokens, labelSmoothing: 0.1 });
      const batch = toBatchTensors(objective.prepare([{ sourceIds: [0], targetIds: [3, 2] }], key));
      const sure = new TargetBigram(tf.mul(tf.oneHot(tf.tensor1d([0, 0, 3, 2], 'int32'), 4), 9)); // 2 -> 3 -> 2
      const { loss, metrics } = objective.loss(sure, batch);
      const rest = Math.log(1 + 3 * Math.exp(-9));
      expect(metrics['negativeLogLikelihood']?.dataSync()[0]).toBeCloseTo(rest, 6);
      expect(loss.dataSync()[0]).toBeCloseTo(rest + 0.1 * 0.75 * 9, 5);
    });
  });

  it('says what is wrong with its settings and examples', () => {
    const prepare = (sourceIds: number[], targetIds: number[]) => (): unknown =>
      textToText({ ...tokens, targetLength: 2 }).prepare([{ sourceIds, targetIds }], key);
    expect(() => textToText({ ...tokens, labelSmoothing: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: textToText: labelSmoothing must be in [0, 1), got 1. Usual are 0 and 0.1.]`,
    );
    expect(prepare([], [2])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: textToText: the source of example 0 must have at least 1 token, got 0. Leave empty texts out, and shorten long ones.]`,
    );
    expect(prepare([1], [1, 2, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: textToText: the target of example 0 must have at least 1 and at most 2 tokens, got 3. Leave empty texts out, and shorten long ones.]`,
    );
  });
});
