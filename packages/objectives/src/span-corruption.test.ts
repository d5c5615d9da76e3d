import * as tf from '@tensorflow/tfjs';
import { RandomKey, shiftRight, toBatchTensors, type EncoderDecoderModel } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { spanCorruption, spanCorruptionLengths } from './span-corruption.ts';
import { droppedTokens } from './text-corruption/corruptions.ts';
import { textCorruption } from './text-corruption/text-corruption.ts';

const key = RandomKey.fromSeed(1);
const tokens = { padTokenId: 0, decoderStartTokenId: 0, eosTokenId: 1 };
const t5 = { ...tokens, sourceLength: 512, firstSentinelId: 32099 };
const text = (length: number, seed = 0): Int32Array =>
  Int32Array.from({ length }, (_, i) => 3 + ((i * 7 + seed) % 900));

describe('spanCorruptionLengths', () => {
  it('agrees with the authors', () => {
    expect(spanCorruptionLengths({ sourceLength: 512 })).toEqual({ textLength: 568, targetLength: 114 });
    expect(spanCorruptionLengths({ sourceLength: 512, meanSpanLength: 10 })).toEqual({
      textLength: 591,
      targetLength: 99,
    });
    expect(spanCorruptionLengths({ sourceLength: 128 })).toEqual({ textLength: 141, targetLength: 29 });
    expect(spanCorruptionLengths({ sourceLength: 3 })).toEqual({ textLength: 2, targetLength: 3 });
  });

  it('refuses what leaves no text', () => {
    expect(() => spanCorruptionLengths({ sourceLength: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: spanCorruption: sourceLength must be at least 3, noiseDensity in (0, 1) and meanSpanLength at least 1, got 2, 0.15 and 3. T5 has 512, 0.15 and 3.]`,
    );
    expect(() => spanCorruption({ ...t5, noiseDensity: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: spanCorruption: sourceLength must be at least 3, noiseDensity in (0, 1) and meanSpanLength at least 1, got 512, 1 and 3. T5 has 512, 0.15 and 3.]`,
    );
  });
});

describe('spanCorruption', () => {
  leaksNoTensors();

  it('fills batches of fixed shape to the last place, and closes both sides', () => {
    const { inputIds, attentionMask, labels, decoderInputIds } = spanCorruption(t5).prepare(
      [text(568), text(568, 1)],
      key,
    );
    expect([inputIds.shape, attentionMask.shape, labels.shape]).toEqual([
      [2, 512],
      [2, 512],
      [2, 114],
    ]);
    expect(inputIds.data.indexOf(0)).toBe(-1);
    expect(attentionMask.data.every((bit) => bit === 1)).toBe(true);
    expect([inputIds.data[511], inputIds.data[1023], labels.data[113], labels.data[227]]).toEqual([1, 1, 1, 1]);
    expect(labels.data[0]).toBe(32099);
    // No sentinel closes the target: before the end stands noise.
    expect(labels.data[112]).toBeLessThan(32000);
    tf.tidy(() => {
      const shifted = shiftRight(tf.tensor2d([...labels.data], [2, 114], 'int32'), tokens);
      expect(shifted).toBeAllClose(tf.tensor2d([...decoderInputIds.data], [2, 114], 'int32'), { absolute: 0 });
    });
  });

  it('pads what is short and cuts what is long', () => {
    const { inputIds, attentionMask, labels } = spanCorruption(t5).prepare([text(20), text(900, 1)], key);
    // 20 tokens: 3 of noise in one span.
    expect([...inputIds.data.subarray(0, 19)].filter((id) => id > 0)).toHaveLength(19);
    expect([inputIds.data[18], inputIds.data[19], attentionMask.data[18], attentionMask.data[19]]).toEqual([
      1, 0, 1, 0,
    ]);
    expect([...labels.data.subarray(0, 114)].filter((id) => id >= 0)).toHaveLength(5);
    expect([inputIds.data.at(-1), labels.data.at(-1)]).toEqual([1, 1]);
  });

  it('corrupts each example of each batch anew, and the same one alike', () => {
    const { prepare } = spanCorruption(t5);
    const [batch, again, other] = [key, key, RandomKey.fromSeed(2)].map((k) => prepare([text(568), text(568)], k));
    expect(batch).toEqual(again);
    expect(batch).not.toEqual(other);
    expect(batch?.labels.data.subarray(0, 114)).not.toEqual(batch?.labels.data.subarray(114));
  });

  it('measures the target given the source', () => {
    tf.tidy(() => {
      const objective = spanCorruption({ ...tokens, sourceLength: 12, firstSentinelId: 31 });
      const model: EncoderDecoderModel = {
        ...tokens,
        cacheShape: { numLayers: 0, numHeads: 0, headSize: 0, maxPositions: 0, vocabSize: 32 },
        encode: () => ({ lastHiddenState: tf.zeros([1]), hiddenStates: [] }),
        crossKeyValues: () => [],
        decode: () => ({ logits: tf.zeros([1]), lastHiddenState: tf.zeros([1]), hiddenStates: [], keyValues: [] }),
        forward: ({ decoderInputIds }) => {
          const [batchSize = 1, length = 1] = decoderInputIds.shape;
          const none = { lastHiddenState: tf.zeros([1]), decoderHiddenStates: [], encoderHiddenStates: [] };
          return { logits: tf.zeros([batchSize, length, 32]), encoderLastHiddenState: tf.zeros([1]), ...none };
        },
      };
      const batch = toBatchTensors(objective.prepare([text(11), text(11)], key));
      const { loss, numTargets } = objective.loss(model, batch);
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(32), 5);
      // 2 of noise in one span, the sentinel and the closing token, twice.
      expect(numTargets.dataSync()[0]).toBe(8);
    });
  });
});

describe('textCorruption', () => {
  it('is as long as it must be where no lengths are given', () => {
    const objective = textCorruption({ ...tokens, corrupt: droppedTokens({ noiseDensity: 0.5 }) });
    const { inputIds, labels } = objective.prepare([text(40)], key);
    expect((inputIds.shape[1] ?? 0) + (labels.shape[1] ?? 0)).toBe(42);
    expect([inputIds.data.at(-1), labels.data.at(-1)]).toEqual([1, 1]);
  });
});
