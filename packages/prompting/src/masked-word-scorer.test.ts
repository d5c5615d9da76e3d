import { BertForMaskedLm, bertTiny } from '@cloze/bert';
import { disposeModule, randomParameters, RandomKey, type MaskedInputs, type MaskedLanguageModel } from '@cloze/core';
import { onnxRuntimeEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { classify } from './classify.ts';
import { clozeIds, wordIds } from './cloze-ids.ts';
import { wordPiece as tokenizer } from './fixtures/tiny-tokenizers.ts';
import { MaskedWordScorer, type TokenCombination } from './masked-word-scorer.ts';
import { template } from './template.ts';
import { verbalizer } from './verbalizer.ts';

const vocabSize = tokenizer.vocabSize;
const [good, bad, long] = ['great', 'bad', 'lovely'].map((word) => wordIds(tokenizer, '', word));
const review = template('{text} it was ___.');

/** A model of which all is known: the same logits wherever the mask stands. */
class KnownLogits implements MaskedLanguageModel {
  readonly logits: tf.Tensor;

  constructor(logits: readonly number[]) {
    this.logits = tf.tensor1d([...logits]);
  }

  forward({ predictionPositions }: MaskedInputs): { readonly logits: tf.Tensor } {
    const [batchSize = 0] = predictionPositions?.shape ?? [];
    return { logits: tf.tile(tf.reshape(this.logits, [1, 1, -1]), [batchSize, 1, 1]) };
  }
}

describe('MaskedWordScorer', () => {
  leaksNoTensors();

  it('gives the probabilities that logits at the mask have by hand', async () => {
    expect([good?.length, bad?.length]).toEqual([1, 1]);
    expect(long?.length).toBeGreaterThan(1);
    // Tokens of "lovely" have 1, 3, 1, 3, ...; all others 9.
    const logits = new Array<number>(vocabSize).fill(9);
    long?.forEach((id, index) => (logits[id] = 1 + 2 * (index % 2)));
    logits[good?.[0] ?? 0] = 2;
    logits[bad?.[0] ?? 0] = 1;
    const ofTokens = long?.map((id) => logits[id] ?? NaN) ?? [];
    const mean = ofTokens.reduce((sum, value) => sum + value, 0) / ofTokens.length;
    const expected: Record<TokenCombination, number> = { mean, first: 1, max: 3 };
    const words = verbalizer({ positive: ['great', 'lovely'], negative: 'bad' });
    for (const combination of ['mean', 'first', 'max'] as const) {
      const { scorer, dispose } = await scorerOf(new KnownLogits(logits), { combination });
      const [result] = await classify(scorer, words, [review.fill({ text: 'the food.' })]);
      // Softmax over the three words, then e^(mean of logs) for positive.
      const positive = Math.exp((2 + expected[combination]) / 2);
      expect(result?.probabilities.positive).toBeCloseTo(positive / (positive + Math.exp(1)), 6);
      dispose();
    }
  });

  it.each([
    ['tfjs', undefined],
    ['onnxruntime', onnxRuntimeEngine()],
  ] as const)('reads the logits at the mask whatever it is batched with, through %s', async (_, engine) => {
    const model = tinyBert();
    const prompts = ['the food.', 'the room was great. the room was a wonderful, lovely house.', '', 'bad.'].map(
      (text) => review.fill({ text }),
    );
    const words = ['great', 'bad', 'wonderful'];
    const expected = prompts.map((prompt) => {
      const { ids, blankPosition } = clozeIds(prompt, { tokenizer, blankToken: '[MASK]', addSpecialTokens: true });
      const logits = tf.tidy(() =>
        model.forward({ inputIds: tf.tensor2d([[...ids]], undefined, 'int32') }).logits.arraySync(),
      );
      const row = (logits as number[][][])[0]?.[blankPosition] ?? [];
      return words.map((word) => {
        const tokens = wordIds(tokenizer, 'it was ', word);
        return tokens.reduce((sum, id) => sum + (row[id] ?? NaN), 0) / tokens.length;
      });
    });
    const { scorer, dispose } = await scorerOf(model, { batchSize: 3, ...(engine && { engine }) });
    const scores = await scorer.scoreWords(prompts, words);
    expect(scores.flat()).toBeAllClose(expected.flat(), { absolute: 1e-5 });
    dispose();
  });
});

async function scorerOf(
  model: MaskedLanguageModel,
  options: Partial<Parameters<typeof MaskedWordScorer.create>[1]>,
): Promise<{ readonly scorer: MaskedWordScorer; readonly dispose: () => void }> {
  const scorer = await MaskedWordScorer.create(model, { tokenizer, padTokenId: 0, maxPositions: 40, ...options });
  disposeModule(model);
  return {
    scorer,
    dispose: () => {
      scorer.dispose();
    },
  };
}

function tinyBert(): MaskedLanguageModel {
  const config = {
    ...bertTiny,
    vocabSize,
    maxPositions: 40,
    hiddenSize: 16,
    intermediateSize: 32,
    initializerRange: 0.5,
  };
  return new BertForMaskedLm(config, randomParameters(RandomKey.fromSeed(5)));
}
