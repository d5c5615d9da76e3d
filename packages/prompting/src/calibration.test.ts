import { describe, expect, it } from 'vitest';
import { CONTENT_FREE_TEXTS, contextualCalibration } from './calibration.ts';
import { classify } from './classify.ts';
import { probabilityScorer } from './fixtures/probability-scorer.ts';
import { template } from './template.ts';
import { verbalizer } from './verbalizer.ts';

const answers = verbalizer({ yes: 'yes', no: 'no' });
const question = template('{text}? ___');

describe('contextualCalibration', () => {
  // A model that likes to say yes.
  const scorer = probabilityScorer({
    'N/A? ': [0.9, 0.1],
    '[MASK]? ': [0.8, 0.2],
    '? ': [0.7, 0.3],
    'Rain? ': [0.6, 0.4],
  });
  const contentFree = CONTENT_FREE_TEXTS.map((text) => question.fill({ text }));

  it('is the mean probability of each word without content', async () => {
    const priors = await contextualCalibration(scorer, answers, contentFree);
    expect(priors.map(Math.exp)).toEqual([expect.closeTo(0.8, 12), expect.closeTo(0.2, 12)]);
  });

  it('turns an answer that is only likely because it always is', async () => {
    const prompts = [question.fill({ text: 'Rain' })];
    const [plain] = await classify(scorer, answers, prompts);
    expect(plain?.label).toBe('yes');
    expect(plain?.probabilities.yes).toBeCloseTo(0.6, 12);
    const wordLogPriors = await contextualCalibration(scorer, answers, contentFree);
    const [calibrated] = await classify(scorer, answers, prompts, { wordLogPriors });
    // 0.6 / 0.8 = 0.75 and 0.4 / 0.2 = 2.
    expect(calibrated?.label).toBe('no');
    expect(calibrated?.probabilities.no).toBeCloseTo(2 / 2.75, 12);
  });
});
