import { describe, expect, it } from 'vitest';
import { bertFamily } from './family.ts';
import { bertMini } from './presets.ts';

describe('bertFamily', () => {
  it('names the published class of each task', () => {
    expect(bertFamily.toConfigJson(bertMini, 'masked-language-modeling')).toMatchObject({
      architectures: ['BertForMaskedLM'],
      model_type: 'bert',
    });
    expect(bertFamily.architectures[bertFamily.pretrainingTask]).toEqual(['BertForPreTraining']);
  });

  it('tells its limits', () => {
    const config = bertFamily.withSettings(bertMini, { vocabSize: 7, maxPositions: 4 });
    expect(bertFamily.limits(config)).toEqual({ vocabSize: 7, maxPositions: 4 });
  });
});
