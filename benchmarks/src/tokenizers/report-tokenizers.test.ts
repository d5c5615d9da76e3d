import { describe, expect, it } from 'vitest';
import type { TokenizerMeasurements } from './measure-tokenizers.ts';
import { allTokenizersAgree, reportTokenizers } from './report-tokenizers.ts';

const measurements: TokenizerMeasurements = {
  races: [
    {
      benchmark: 'bpe',
      variant: 'first pass',
      megabytes: 21,
      engines: [
        { engine: 'cloze', rounds: [1000, 1100, 900] },
        { engine: 'rust', rounds: [12_000, 12_100, 9900] },
      ],
      agreement: 'ids equal in 9 texts',
      isEqual: true,
    },
    {
      benchmark: 'unigram-training',
      variant: '',
      megabytes: 20,
      engines: [
        { engine: 'cloze', rounds: [30_000] },
        { engine: 'rust', rounds: [270_000] },
      ],
      agreement: 'log likelihood 1.0004 of its',
      isEqual: true,
    },
  ],
  doublings: [{ benchmark: 'bpe', lengths: [1024, 2048, 4096], milliseconds: [2, 4, 9.6] }],
  otherLoad: [0.01, 0.02],
};

describe('reportTokenizers', () => {
  it('shows speed, growth, agreement and targets', () => {
    expect(reportTokenizers(measurements)).toMatchInlineSnapshot(`
      "task                              against         MB  cloze MB/s  other MB/s  cloze is faster
      --------------------  ----------  ------------  ----  ----------  ----------  -----------------
      BPE, GPT-2's ranks    first pass  Rust binding  21.0        21.0         1.8  11.0x (11.0-12.0)
      train Unigram, 8,000              Rust binding  20.0         0.7         0.1  9.00x

      letters without a space  1,024  2,048  4,096       per doubling
      -----------------------  -----  -----  -----  -----------------
      BPE, GPT-2's ranks, ms    2.00   4.00   9.60  2.20x (2.00-2.40)

      ids equal in 9 texts
      log likelihood 1.0004 of its

      met     BPE, GPT-2's ranks, first pass: 11.0x (11.0-12.0) as fast as Rust binding, target >= 10x
      missed  train Unigram, 8,000: 9.00x as fast as Rust binding, target >= 10x
      met     BPE, GPT-2's ranks: 2.20x (2.00-2.40) the time for twice the letters, target <= 2.3x

      Other processes used 1.5 % of the processors meanwhile, at most 2.0 %."
    `);
  });

  it('says so when the machine was busy or results differ', () => {
    expect(reportTokenizers({ ...measurements, otherLoad: [0.4] })).toContain('The machine was not idle');
    expect(allTokenizersAgree(measurements)).toBe(true);
    const races = measurements.races.map((race) => ({ ...race, isEqual: false }));
    expect(allTokenizersAgree({ ...measurements, races })).toBe(false);
  });
});
