import { describe, expect, it } from 'vitest';
import { reportFamilies } from './report-families.ts';

describe('reportFamilies', () => {
  it('has a row for each family', () => {
    const run = {
      family: 'gpt',
      preset: 'mini',
      numParameters: 11.4e6,
      numSteps: 201,
      millisecondsPerStep: 812.4,
      tokensPerSecond: 3780.2,
      gigaflopsPerSecond: 150,
      unigramEntropy: 6.3,
      validationLoss: 4.712,
      secondsToLearn: 41.7,
      roof: 200,
    };
    const rows = reportFamilies([run, { ...run, family: 'bert', secondsToLearn: undefined }]).split('\n');
    expect(rows[2]).toMatchInlineSnapshot(
      `"gpt mini       11.4 M    201      812     3,780      150     75 %           6.30             4.71           42 s"`,
    );
    expect(rows[3]).toContain('not yet');
  });
});
