import { BertForMaskedLm, bertTiny } from '@cloze/bert';
import {
  disposeModule,
  parametersOf,
  randomParameters,
  RandomKey,
  withParameters,
  type MaskedLanguageModel,
  type Objective,
} from '@cloze/core';
import { listSource } from '@cloze/datasets';
import { onnxRuntimeEngine } from '@cloze/jit';
import { maskedLanguageModeling } from '@cloze/objectives';
import { leaksNoTensors } from '@cloze/testing';
import { adamw, constant, train } from '@cloze/training';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { CONTENT_FREE_TEXTS, contextualCalibration } from './calibration.ts';
import { classify } from './classify.ts';
import { textIds } from './cloze-ids.ts';
import { isHeldOut, REVIEWS, tokenizer } from './fixtures/hotel-reviews.ts';
import { MaskedWordScorer } from './masked-word-scorer.ts';
import { patternExample, patternTuning } from './pattern-tuning.ts';
import type { Prompt } from './prompt.ts';
import { balancedExamples } from './select-examples.ts';
import { template } from './template.ts';
import { verbalizer, type Verbalizer } from './verbalizer.ts';

const engine = onnxRuntimeEngine();
const key = RandomKey.fromSeed(1);
const idOf = (token: string): number => tokenizer.tokenToId(token) ?? -1;
const padTokenId = idOf('[PAD]');
const SEQUENCE_LENGTH = 16;

const opinion = {
  template: template('{text} it was ___.'),
  verbalizer: verbalizer({ positive: 'great', negative: 'bad' }),
  tokenizer,
};
const edible = { template: template('{text} ___.'), verbalizer: verbalizer({ food: 'yes', other: 'no' }), tokenizer };
const heldOut = REVIEWS.filter((_, index) => isHeldOut(index));
const seen = REVIEWS.filter((_, index) => !isHeldOut(index));

describe('a BERT that is trained here', () => {
  leaksNoTensors();

  it('answers cloze prompts of the kind that it has read, and learns another kind from few examples', async () => {
    const model = await trained(tinyBert(), {
      objective: maskedLanguageModeling({
        tokens: { clsTokenId: idOf('[CLS]'), sepTokenId: idOf('[SEP]'), padTokenId, maskTokenId: idOf('[MASK]') },
        vocabSize: tokenizer.vocabSize,
        sequenceLength: SEQUENCE_LENGTH,
        maskedShare: 0.25,
      }),
      examples: seen.map(({ text, sentiment }) =>
        textIds(tokenizer, `${text} it was ${sentiment === 'positive' ? 'great' : 'bad'}.`),
      ),
      numSteps: 300,
    });
    const prompts = heldOut.map(({ text }) => opinion.template.fill({ text }));
    const expected = heldOut.map(({ sentiment }) => sentiment);
    const contentFree = CONTENT_FREE_TEXTS.map((text) => opinion.template.fill({ text }));
    const { labels, calibrated } = await ask(model, opinion.verbalizer, prompts, contentFree);
    expect(shareOf(labels, expected)).toBeGreaterThan(0.95);
    expect(shareOf(calibrated, expected)).toBeGreaterThan(0.95);

    // The same model has never been asked what can be eaten.
    const questions = heldOut.map(({ text }) => edible.template.fill({ text }));
    const answers = heldOut.map(({ isFood }) => (isFood ? ('food' as const) : ('other' as const)));
    const before = await ask(model, edible.verbalizer, questions);
    expect(shareOf(before.labels, answers)).toBeLessThan(0.8);
    // Three examples of each thing.
    const fewExamples = balancedExamples(seen, 18, { labelOf: ({ text }) => text.split(' ')[2] ?? '', key });
    const tuned = await trained(model, {
      objective: patternTuning(edible, { padTokenId, sequenceLength: SEQUENCE_LENGTH }),
      examples: fewExamples.map(({ text, isFood }) => patternExample(edible, { text }, isFood ? 'food' : 'other')),
      numSteps: 30,
    });
    const after = await ask(tuned, edible.verbalizer, questions);
    expect(shareOf(after.labels, answers)).toBeGreaterThan(0.9);
    disposeModule(tuned);
  }, 60_000);
});

function tinyBert(): MaskedLanguageModel {
  const config = {
    ...bertTiny,
    vocabSize: tokenizer.vocabSize,
    maxPositions: SEQUENCE_LENGTH,
    hiddenSize: 32,
    intermediateSize: 64,
    initializerRange: 0.1,
    hiddenDropout: 0,
    attentionDropout: 0,
  };
  return new BertForMaskedLm(config, randomParameters(key.fold('parameters')));
}

/** The model after some steps; the run takes over its tensors. */
async function trained<Example, Field extends string>(
  model: MaskedLanguageModel,
  {
    objective,
    examples,
    numSteps,
  }: {
    readonly objective: Objective<Example, MaskedLanguageModel, Field>;
    readonly examples: readonly Example[];
    readonly numSteps: number;
  },
): Promise<MaskedLanguageModel> {
  const run = train({
    model,
    objective,
    data: listSource(examples, { key }),
    optimizer: adamw(),
    schedule: constant(3e-3),
    numSteps,
    batchSize: 12,
    clipNorm: 1,
    key,
    engine,
  });
  for await (const { loss } of run) expect(loss).toBeLessThan(10);
  // The run frees its own tensors.
  const parameters = Object.entries(parametersOf(run.model)).map(([path, tensor]) => [path, tf.clone(tensor)] as const);
  const result = withParameters(run.model, Object.fromEntries(parameters));
  run.dispose();
  return result;
}

async function ask<Label extends string>(
  model: MaskedLanguageModel,
  words: Verbalizer<Label>,
  prompts: readonly Prompt[],
  contentFree: readonly Prompt[] = prompts,
): Promise<{ readonly labels: Label[]; readonly calibrated: Label[] }> {
  const scorer = await MaskedWordScorer.create(model, { tokenizer, padTokenId, maxPositions: SEQUENCE_LENGTH, engine });
  try {
    const labels = await classify(scorer, words, prompts);
    const wordLogPriors = await contextualCalibration(scorer, words, contentFree);
    const calibrated = await classify(scorer, words, prompts, { wordLogPriors });
    return { labels: labels.map(({ label }) => label), calibrated: calibrated.map(({ label }) => label) };
  } finally {
    scorer.dispose();
  }
}

function shareOf(labels: readonly string[], expected: readonly string[]): number {
  return labels.filter((label, index) => label === expected[index]).length / expected.length;
}
