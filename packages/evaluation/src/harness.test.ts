import { disposeModule, RandomKey } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { CausalScorer } from './causal-scorer.ts';
import { idsOf } from './encode-continuation.ts';
import { logProbabilities, sumOf, tinyGpt, tokenizer } from './fixtures/tiny-model.ts';
import { evaluate, type EvaluationTask } from './harness.ts';
import type { LanguageModelScorer } from './language-model-scorer.ts';
import { wilsonInterval } from './metrics/confidence-interval.ts';
import { evaluateGenerateUntil } from './tasks/generate-until.ts';
import { evaluateLogLikelihood } from './tasks/loglikelihood.ts';
import { evaluateMultipleChoice, type MultipleChoiceDocument } from './tasks/multiple-choice.ts';
import { evaluatePerplexity } from './tasks/perplexity.ts';

leaksNoTensors();

const PREFIX = 0;
const key = RandomKey.fromSeed(1);

async function withScorer<T>(use: (scorer: LanguageModelScorer) => Promise<T>): Promise<T> {
  const model = tinyGpt();
  const scorer = await CausalScorer.create(model, { tokenizer, prefixTokenId: PREFIX });
  disposeModule(model);
  try {
    return await use(scorer);
  } finally {
    scorer.dispose();
  }
}

/** log p of the tokens of a text after the first ones. */
function byHand(text: string, prefix: string): number {
  const whole = idsOf(tokenizer, text);
  const numTargets = whole.length - idsOf(tokenizer, prefix).length;
  const model = tinyGpt();
  try {
    return sumOf(logProbabilities(model, prefix === '' ? [PREFIX, ...whole] : whole).ofIds.slice(-numTargets));
  } finally {
    disposeModule(model);
  }
}

/** A language model that knows the likelihood of some texts by heart. */
function knowing(logLikelihoods: Readonly<Record<string, number>>, texts: readonly string[] = []): LanguageModelScorer {
  const score = (text: string): { logLikelihood: number; numTokens: number; isGreedy: boolean } => {
    const logLikelihood = logLikelihoods[text];
    if (logLikelihood === undefined) throw new Error(`Nobody was to ask for ${JSON.stringify(text)}.`);
    return { logLikelihood, numTokens: 1, isGreedy: logLikelihood > -1 };
  };
  return {
    scoreContinuations: (requests) =>
      Promise.resolve(requests.map(({ context, continuation }) => score(`${context}|${continuation}`))),
    scoreTexts: (requests) => Promise.resolve(requests.map(score)),
    generateUntil: () => Promise.resolve(texts),
  };
}

describe('evaluateMultipleChoice', () => {
  const documents: MultipleChoiceDocument[] = [
    { question: 'the cat sat on', choices: ['the mat', 'the log', 'no'], answer: 0 },
    { question: 'yes or', choices: ['no', 'yes'], answer: 0 },
  ];

  it('holds the log likelihoods computed by hand, with examples before the question', async () => {
    const shots = [{ question: 'the dog', choices: ['no', 'sat'], answer: 1 }];
    const { samples } = await withScorer((scorer) =>
      evaluateMultipleChoice(scorer, { kind: 'multiple-choice', documents, shots }, { numShots: 1 }),
    );
    documents.forEach(({ question, choices }, index) => {
      const context = `the dog sat\n\n${question}`;
      choices.forEach((choice, position) => {
        const sample = samples[index];
        expect(sample?.logLikelihoods[position]).toBeCloseTo(byHand(`${context} ${choice}`, context), 4);
        expect(sample?.unconditionalLogLikelihoods[position]).toBeCloseTo(byHand(choice, ''), 4);
      });
    });
  });

  it('takes the likeliest choice, the likeliest per character, or the one that gains most', async () => {
    const scorer = knowing({
      ...{ 'Q| a': -3, 'Q| abcd': -8, 'Q| bb': -7 },
      ...{ '|a': -1, '|abcd': -4, '|bb': -10 },
    });
    const choices = ['a', 'abcd', 'bb'];
    const results = await Promise.all(
      choices.map((_, answer) =>
        evaluateMultipleChoice(scorer, { kind: 'multiple-choice', documents: [{ question: 'Q', choices, answer }] }),
      ),
    );
    expect(results.map(({ samples }) => samples[0]?.isCorrect)).toEqual([
      { accuracy: true, normalizedAccuracy: false, mutualInformationAccuracy: false },
      { accuracy: false, normalizedAccuracy: true, mutualInformationAccuracy: false },
      { accuracy: false, normalizedAccuracy: false, mutualInformationAccuracy: true },
    ]);
    expect(results[0]?.metrics.accuracy).toEqual({ value: 1, interval: wilsonInterval(1, 1) });
  });

  it('refuses an answer that is no choice before it scores anything', async () => {
    const task = { kind: 'multiple-choice', documents: [{ question: 'Q', choices: ['a'], answer: 1 }] } as const;
    await expect(evaluate(knowing({}), task)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: An answer must be a choice from 0 to 0, got 1 for "Q". Count the choices from 0.]`,
    );
  });
});

describe('evaluateLogLikelihood', () => {
  it('counts greedy answers, and takes the mean over answers', async () => {
    const documents = [
      { question: 'Q1', answer: 'a' },
      { question: 'Q2', answer: 'b' },
    ];
    const scorer = knowing({ 'Q1| a': -0.5, 'Q2| b': -2.5 });
    const { metrics } = await evaluateLogLikelihood(scorer, { kind: 'loglikelihood', documents }, { key });
    expect(metrics.accuracy.value).toBe(0.5);
    expect(metrics.perplexity.value).toBeCloseTo(Math.exp(1.5), 12);
    expect(metrics.perplexity.interval?.low).toBeCloseTo(Math.exp(0.5), 12);
    expect(metrics.perplexity.interval?.high).toBeCloseTo(Math.exp(2.5), 12);
  });
});

describe('evaluateGenerateUntil', () => {
  const documents = [
    { question: 'Q1', answers: ['42'] },
    { question: 'Q2', answers: ['seven red cats'] },
    { question: 'Q3', answers: ['x'] },
  ];
  const task = { kind: 'generate-until', documents } as const;
  const texts = ['First 1. The answer is 42.', 'The answer is red cats.', 'who knows'];

  it('extracts answers by a regular expression', async () => {
    const extraction = { pattern: String.raw`The answer is (.+?)\.` };
    const { metrics, samples } = await evaluateGenerateUntil(knowing({}, texts), { ...task, extraction }, { key });
    expect(samples.map(({ answer }) => answer)).toEqual(['42', 'red cats', undefined]);
    expect(samples.map(({ exactMatch }) => exactMatch)).toEqual([1, 0, 0]);
    expect(metrics.exactMatch).toEqual({ value: 1 / 3, interval: wilsonInterval(1, 3) });
    expect(metrics.spanF1.value).toBeCloseTo((1 + 0.8 + 0) / 3, 12);
    expect(metrics.spanF1.interval?.high).toBeGreaterThan(metrics.spanF1.value);
  });

  it("reads the pattern of lm-evaluation-harness' gsm8k_cot", async () => {
    const extraction = { pattern: String.raw`The answer is (\-?[0-9\.\,]*[0-9]+)` };
    const scorer = knowing({}, ['So -4. The answer is -1,200.50.', 'The answer is no.', 'The answer is 42.']);
    const { samples } = await evaluateGenerateUntil(scorer, { ...task, extraction });
    expect(samples.map(({ answer }) => answer)).toEqual(['-1,200.50', undefined, '42']);
  });

  it('takes the last match where that is wanted, and all of the text without a pattern', async () => {
    const extraction = { pattern: String.raw`\d+`, select: 'last' } as const;
    const last = await evaluateGenerateUntil(knowing({}, texts), { ...task, extraction });
    expect(last.samples[0]?.answer).toBe('42');
    const whole = await evaluateGenerateUntil(knowing({}, [' 42\n']), { ...task, documents: documents.slice(0, 1) });
    expect(whole.metrics).toEqual({ exactMatch: { value: 1, interval: wilsonInterval(1, 1) }, spanF1: { value: 1 } });
  });

  it('refuses a pattern that is none', async () => {
    await expect(
      evaluate(knowing({}), { ...task, extraction: { pattern: '(' } }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: extraction: pattern must be a regular expression, got "(". Patterns are those of JavaScript: close all groups, and write flags of Python such as (?i) otherwise.]`,
    );
  });
});

describe('evaluatePerplexity', () => {
  it('is exp of the mean of what is computed by hand', async () => {
    const documents = ['the cat sat', 'the dog sat on the log'];
    const { metrics } = await withScorer((scorer) =>
      evaluatePerplexity(scorer, { kind: 'perplexity', documents }, { key }),
    );
    const nats = -sumOf(documents.map((text) => byHand(text, '')));
    const numTokens = sumOf(documents.map((text) => idsOf(tokenizer, text).length));
    expect(metrics.tokenPerplexity.value).toBeCloseTo(Math.exp(nats / numTokens), 2);
    expect(metrics.wordPerplexity.value / Math.exp(nats / 9)).toBeCloseTo(1, 3);
    expect(metrics.bitsPerByte.value).toBeCloseTo(nats / 33 / Math.LN2, 4);
    expect(metrics.bitsPerByte.interval?.low).toBeLessThan(metrics.bitsPerByte.value);
  });
});

describe('evaluate', () => {
  it('runs each kind of task', async () => {
    const scorer = knowing({ 'Q| a': -1, '|a': -1, text: -1 }, ['a']);
    const tasks: EvaluationTask[] = [
      { kind: 'loglikelihood', documents: [{ question: 'Q', answer: 'a' }] },
      { kind: 'multiple-choice', documents: [{ question: 'Q', choices: ['a'], answer: 0 }] },
      { kind: 'generate-until', documents: [{ question: 'Q', answers: ['a'] }] },
      { kind: 'perplexity', documents: ['text'] },
    ];
    const results = await Promise.all(tasks.map((task) => evaluate(scorer, task)));
    expect(results.map(({ metrics }) => Object.keys(metrics))).toEqual([
      ['accuracy', 'perplexity'],
      ['accuracy', 'normalizedAccuracy', 'mutualInformationAccuracy'],
      ['exactMatch', 'spanF1'],
      ['tokenPerplexity', 'wordPerplexity', 'bytePerplexity', 'bitsPerByte'],
    ]);
  });

  it('refuses a task without documents', async () => {
    await expect(
      evaluate(knowing({}), { kind: 'perplexity', documents: [] }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: SHAPE_MISMATCH: A task must have at least one document, got none. Add documents.]`,
    );
  });
});
