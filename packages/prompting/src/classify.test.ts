import '@cloze/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { classify } from './classify.ts';
import { continuationWordScorer } from './continuation-word-scorer.ts';
import { probabilityScorer } from './fixtures/probability-scorer.ts';
import { template } from './template.ts';
import { verbalizer } from './verbalizer.ts';

const sentiment = verbalizer({ positive: ['great', 'good'], negative: ['bad'] });
const review = template('{text} It was ___.');

describe('classify', () => {
  it('says how likely each label is', async () => {
    const scorer = probabilityScorer({ 'Fine. It was ': [0.6, 0.15, 0.25], 'Loud. It was ': [0.1, 0.1, 0.8] });
    const prompts = ['Fine.', 'Loud.'].map((text) => review.fill({ text }));
    const results = await classify(scorer, sentiment, prompts);
    expect(results.map(({ label }) => label)).toEqual(['positive', 'negative']);
    expect(results.flatMap(({ probabilities }) => [probabilities.positive, probabilities.negative])).toBeAllClose(
      [6 / 11, 5 / 11, 1 / 9, 8 / 9],
      { absolute: 1e-12 },
    );
    expectTypeOf(results[0]?.label).toEqualTypeOf<'positive' | 'negative' | undefined>();
  });

  it('refuses scores that are no numbers', async () => {
    await expect(
      classify(probabilityScorer({}), sentiment, [review.fill({ text: '' })]),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: NON_FINITE: The scores of words must be numbers, got NaN. The weights are damaged or the model diverged in training; use an earlier checkpoint.]`,
    );
  });
});

describe('continuationWordScorer', () => {
  it('asks for each word with what stands after the blank', async () => {
    const asked: string[] = [];
    const scorer = continuationWordScorer({
      scoreContinuations: (requests) => {
        asked.push(...requests.map(({ context, continuation }) => `${context}|${continuation}`));
        return Promise.resolve(requests.map((_, index) => ({ logLikelihood: -index })));
      },
    });
    const scores = await scorer.scoreWords([review.fill({ text: 'a' }), review.fill({ text: 'b' })], ['good', 'bad']);
    expect(asked).toEqual(['a It was |good.', 'a It was |bad.', 'b It was |good.', 'b It was |bad.']);
    expect(scores).toEqual([
      [-0, -1],
      [-2, -3],
    ]);
  });
});
