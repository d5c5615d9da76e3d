import { describe, expect, it } from 'vitest';
import { reportGeneration } from './report-generation.ts';

describe('reportGeneration', () => {
  it('compares medians and the ratios of rounds', () => {
    const report = reportGeneration(
      [
        {
          numTokens: 128,
          libraries: [
            { library: 'cloze', milliseconds: [10, 12, 11], cpuMilliseconds: [20, 24, 22] },
            { library: 'transformers.js', milliseconds: [20, 18, 22], cpuMilliseconds: [40, 36, 44] },
          ],
          isEqual: true,
        },
        {
          numTokens: 1000,
          libraries: [
            { library: 'cloze', milliseconds: [10], cpuMilliseconds: [20] },
            { library: 'transformers.js', milliseconds: [25], cpuMilliseconds: [30] },
          ],
          isEqual: false,
        },
      ],
      '4.3.1',
    );
    expect(report.split('\n').slice(0, 4).join('\n')).toMatchInlineSnapshot(`
      "new tokens  ms/token  CPU ms/token  transformers.js 4.3.1  its CPU       times faster          CPU ratio  same tokens
      ----------  --------  ------------  ---------------------  -------  -----------------  -----------------  -----------
             128      11.0          22.0                   20.0     40.0  2.00x (1.50-2.00)  2.00x (1.50-2.00)  all
           1,000      10.0          20.0                   25.0     30.0              2.50x              1.50x  NO"
    `);
  });
});
