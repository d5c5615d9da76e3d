import { bartTiny, BartForConditionalGeneration } from '@cloze/bart';
import { disposeModule, randomParameters, RandomKey, shiftRight, type EncoderDecoderModel } from '@cloze/core';
import { GlmForConditionalGeneration, glmTiny } from '@cloze/glm';
import { onnxRuntimeEngine } from '@cloze/jit';
import { t5Tiny, T5ForConditionalGeneration } from '@cloze/t5';
import { leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { BlankInfillingWordScorer } from './blank-infilling-word-scorer.ts';
import { byteLevelBpe, unigram, wordPiece } from './fixtures/tiny-tokenizers.ts';
import { template } from './template.ts';
import { rewrittenBlank, sentinelBlank, TextToTextWordScorer } from './text-to-text-word-scorer.ts';

const review = template('{text} it was ___.');
const texts = ['the food.', 'the room was great. the room was a wonderful, lovely house. the food was bad.'];
const prompts = texts.map((text) => review.fill({ text }));
const words = ['bad', 'wonderful', 'great'];
const source = randomParameters(RandomKey.fromSeed(5));
const engines = [
  ['tfjs', undefined],
  ['onnxruntime', onnxRuntimeEngine()],
] as const;

/** log p of ids, each at the row of logits that predicts it. */
function logLikelihood(logits: readonly (readonly number[])[], ids: readonly number[]): number {
  return ids.reduce((sum, id, index) => {
    const row = logits[index] ?? [];
    return sum + (row[id] ?? NaN) - Math.log(row.reduce((total, value) => total + Math.exp(value), 0));
  }, 0);
}

function rowsOf(logits: tf.Tensor): number[][] {
  return tf.squeeze<tf.Tensor2D>(logits, [0]).arraySync();
}

function ids(values: readonly number[]): tf.Tensor {
  return tf.tensor2d([[...values]], undefined, 'int32');
}

/** What the decoder says of the end of a target, without batch or padding. */
function targetLogLikelihood(
  model: EncoderDecoderModel,
  sourceIds: readonly number[],
  before: readonly number[],
  word: readonly number[],
): number {
  return tf.tidy(() => {
    const decoderInputIds = shiftRight(ids([...before, ...word]), model);
    const { logits } = model.forward({ inputIds: ids(sourceIds), decoderInputIds });
    return logLikelihood(rowsOf(logits).slice(before.length), word);
  });
}

describe('TextToTextWordScorer', () => {
  leaksNoTensors();

  it.each(engines)('asks T5 for what follows the sentinel, through %s', async (_, engine) => {
    const config = {
      ...t5Tiny,
      vocabSize: unigram.vocabSize,
      hiddenSize: 16,
      numHeads: 2,
      headSize: 8,
      intermediateSize: 32,
      padTokenId: 0,
      eosTokenId: 1,
      decoderStartTokenId: 0,
    };
    const model = new T5ForConditionalGeneration(config, source);
    const sentinel = unigram.tokenToId('<extra_id_0>') ?? -1;
    const expected = texts.flatMap((text) => {
      const sourceIds = [...unigram.encodeToIds(`${text} it was <extra_id_0>.`)];
      expect(sourceIds.at(-1)).toBe(1);
      return words.map((word) =>
        targetLogLikelihood(model, sourceIds, [sentinel], [...unigram.encodeToIds(word, { addSpecialTokens: false })]),
      );
    });
    const scorer = await TextToTextWordScorer.create(model, {
      tokenizer: unigram,
      blank: sentinelBlank(unigram),
      endTokenId: 1,
      ...(engine && { engine }),
    });
    disposeModule(model);
    const scores = await scorer.scoreWords(prompts, words);
    expect(scores.flat()).toBeAllClose(expected, { absolute: 1e-4 });
    scorer.dispose();
  });

  it.each(engines)('asks BART for what it writes in the place of the mask, through %s', async (_, engine) => {
    const config = { ...bartTiny, vocabSize: byteLevelBpe.vocabSize, hiddenSize: 16, initializerRange: 0.3 };
    const model = new BartForConditionalGeneration(config, source);
    const idsOf = (text: string): number[] => [...byteLevelBpe.encodeToIds(text, { addSpecialTokens: false })];
    const expected = texts.flatMap((text) =>
      words.map((word) =>
        targetLogLikelihood(
          model,
          [...idsOf(`${text} it was <mask>.`), 2],
          [0, ...idsOf(`${text} it was`)],
          idsOf(` ${word}`),
        ),
      ),
    );
    const scorer = await TextToTextWordScorer.create(model, {
      tokenizer: byteLevelBpe,
      blank: rewrittenBlank(byteLevelBpe),
      endTokenId: 2,
      batchSize: 4,
      ...(engine && { engine }),
    });
    disposeModule(model);
    const scores = await scorer.scoreWords(prompts, words);
    expect(scores.flat()).toBeAllClose(expected, { absolute: 1e-4 });
    scorer.dispose();
  });
});

describe('BlankInfillingWordScorer', () => {
  leaksNoTensors();

  it.each(engines)('asks GLM for the piece of the blank, through %s', async (_, engine) => {
    const config = {
      ...glmTiny,
      vocabSize: wordPiece.vocabSize,
      maxPositions: 64,
      hiddenSize: 16,
      numHeads: 2,
      initializerRange: 0.3,
    };
    const model = new GlmForConditionalGeneration(config, source);
    const idOf = (token: string): number => wordPiece.tokenToId(token) ?? -1;
    const idsOf = (text: string): number[] => [...wordPiece.encodeToIds(text, { addSpecialTokens: false })];
    const expected = texts.flatMap((text) =>
      words.map((word) => {
        const partA = [idOf('[CLS]'), ...idsOf(`${text} it was [MASK].`)];
        const piece = idsOf(word);
        return tf.tidy(() => {
          const { logits } = model.forward({
            inputIds: ids([...partA, idOf('<|startofpiece|>'), ...piece.slice(0, -1)]),
            sep: tf.tensor1d([partA.length], 'int32'),
            positionIds: ids([...partA.keys(), ...piece.map(() => partA.indexOf(idOf('[MASK]')))]),
            blockPositionIds: ids([...partA.map(() => 0), ...piece.map((__, index) => index + 1)]),
          });
          return logLikelihood(rowsOf(logits).slice(partA.length), piece);
        });
      }),
    );
    const scorer = await BlankInfillingWordScorer.create(model, {
      tokenizer: wordPiece,
      padTokenId: 0,
      ...(engine && { engine }),
    });
    disposeModule(model);
    const scores = await scorer.scoreWords(prompts, words);
    expect(scores.flat()).toBeAllClose(expected, { absolute: 1e-4 });
    scorer.dispose();
  });
});
