import { RandomKey, toBatchTensors, type MaskedLanguageModel } from '@cloze/core';
import { checkGradients, leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { wordIds } from './cloze-ids.ts';
import { wordPiece } from './fixtures/tiny-tokenizers.ts';
import { patternExample, patternTuning, type PatternVerbalizerPair } from './pattern-tuning.ts';
import { template } from './template.ts';
import { verbalizer } from './verbalizer.ts';

const pair = {
  template: template('{text} it was ___.'),
  verbalizer: verbalizer({ positive: ['great', 'lovely'], negative: 'bad' }),
  tokenizer: wordPiece,
};

/** A model of which all is known: these logits at each mask, [B, V]. */
class KnownLogits implements MaskedLanguageModel {
  readonly logits: tf.Tensor;

  constructor(logits: tf.Tensor) {
    this.logits = logits;
  }

  forward(): { readonly logits: tf.Tensor } {
    return { logits: tf.expandDims(this.logits, 1) };
  }
}

describe('patternExample', () => {
  it('is a text in its pattern', () => {
    const { inputIds, maskPosition, labels } = patternExample(pair, { text: 'the food' }, 'negative');
    expect(wordPiece.decode(inputIds, { skipSpecialTokens: false })).toBe('[CLS] the food it was [MASK]. [SEP]');
    expect(wordPiece.idToToken(inputIds[maskPosition] ?? 0)).toBe('[MASK]');
    expect(labels).toEqual([0, 1]);
    expect(patternExample(pair, { text: '' }, [0.25, 0.75]).labels).toEqual([0.25, 0.75]);
  });

  it('refuses, before training begins, what has no value or no label', () => {
    const dynamic: PatternVerbalizerPair<string, string> = {
      ...pair,
      template: template('{title} {text} ___'.slice(0)),
    };
    expect(() => patternExample(dynamic, { text: 'x' }, 'positive')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: The slot {title} of the template must have a value, got none. Give it one, or use another slot: there are values for text.]`,
    );
    expect(() => patternExample({ ...dynamic, ...pair }, { text: 'x' }, 'good')).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: A label must be one of positive, negative, or the probability of each, got "good". Give it words in the verbalizer, or correct the data.]`,
    );
    expect(() => patternExample(pair, { text: 'x' }, [1])).toThrow('got [1]');
    expect(() => patternTuning({ ...pair, template: template('{text}') }, { padTokenId: 0 })).toThrow(
      'A prompt must have one blank',
    );
  });
});

describe('patternTuning', () => {
  leaksNoTensors();

  const objective = patternTuning(pair, { padTokenId: 0, sequenceLength: 16 });
  const examples = [
    patternExample(pair, { text: 'the food.' }, 'positive'),
    patternExample(pair, { text: '' }, [0.25, 0.75]),
  ];
  const key = RandomKey.fromSeed(1);

  it('prepares batches of one shape', () => {
    const batch = objective.prepare(examples, key);
    expect(batch.inputIds.shape).toEqual([2, 16]);
    expect([...batch.predictionPositions.data]).toEqual(examples.map(({ maskPosition }) => maskPosition));
    expect(batch.labels).toEqual({ data: Float32Array.of(1, 0, 0.25, 0.75), shape: [2, 2] });
    const long = patternExample(pair, { text: 'the food. '.repeat(9) }, 'positive');
    expect(() => objective.prepare([long], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: patternTuning: example 0 must have at most 16 tokens, got 33. Correct the data, or the settings of the objective.]`,
    );
  });

  it('has the loss that is computed by hand', () => {
    // Row 0: great 2, the tokens of lovely 1 on average, bad 1. Row 1: 0, 0, 3.
    const rows = [
      [2, 1, 1],
      [0, 0, 3],
    ];
    const hand = rows.map(([great = 0, lovely = 0, bad = 0]) => {
      const positive = Math.exp((great + lovely) / 2);
      return [positive, Math.exp(bad)].map((value) => Math.log(value / (positive + Math.exp(bad))));
    });
    const expected = -((hand[0]?.[0] ?? NaN) + 0.25 * (hand[1]?.[0] ?? NaN) + 0.75 * (hand[1]?.[1] ?? NaN)) / 2;
    const { loss, numTargets, accuracy } = lossOf(logitsOf(rows));
    expect(loss).toBeCloseTo(expected, 6);
    expect(numTargets).toBe(2);
    expect(accuracy).toBe(1);
    expect(
      lossOf(
        logitsOf([
          [0, 0, 1],
          [0, 0, 3],
        ]),
      ).accuracy,
    ).toBe(0.5);
  });

  it('has gradients that finite differences agree with', () => {
    tf.tidy(() => {
      const batch = toBatchTensors(objective.prepare(examples, key));
      const logits = tf.tensor2d(
        logitsOf([
          [2, 1, 1],
          [0, 0.5, 3],
        ]).map((row) => row.map((value, id) => value + Math.sin(id))),
      );
      checkGradients((given) => objective.loss(new KnownLogits(given), batch).loss, [logits]);
    });
  });

  function lossOf(logits: number[][]): { loss: number; numTargets: number; accuracy: number } {
    return tf.tidy(() => {
      const batch = toBatchTensors(objective.prepare(examples, key));
      const { loss, numTargets, metrics } = objective.loss(new KnownLogits(tf.tensor2d(logits)), batch);
      return {
        loss: loss.dataSync()[0] ?? NaN,
        numTargets: numTargets.dataSync()[0] ?? NaN,
        accuracy: metrics.accuracy?.dataSync()[0] ?? NaN,
      };
    });
  }

  /** Logits of great, of lovely (the mean of its tokens), and of bad; 9 for all others. */
  function logitsOf(rows: readonly (readonly number[])[]): number[][] {
    return rows.map(([great = 0, lovely = 0, bad = 0]) => {
      const logits = new Array<number>(wordPiece.vocabSize).fill(9);
      const tokens = wordIds(wordPiece, 'it was ', 'lovely');
      tokens.forEach((id, index) => (logits[id] = lovely + index - (tokens.length - 1) / 2));
      logits[wordIds(wordPiece, 'it was ', 'great')[0] ?? 0] = great;
      logits[wordIds(wordPiece, 'it was ', 'bad')[0] ?? 0] = bad;
      return logits;
    });
  }
});
