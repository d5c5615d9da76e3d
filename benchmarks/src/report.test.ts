import { describe, expect, it } from 'vitest';
import { configurationNamed } from './configurations.ts';
import type { EngineName } from './engines.ts';
import { agreementOf, summarize, type EngineMeasurement, type Measurement } from './measurement.ts';
import { allAgree, report } from './report.ts';
import { markdownRow } from './keep-results.ts';
import { trainingCells } from './save-results.ts';

const machine = { processor: 'Example CPU', numProcessors: 2, node: '20.19.0', commit: 'abc1234' };

function measured(engine: EngineName, rounds: readonly number[], losses: readonly number[]): EngineMeasurement {
  return {
    engine,
    rounds,
    losses,
    firstStepMilliseconds: 500,
    gradientNorms: losses,
    peakBytes: engine === 'compiled' ? 300e6 : 400e6,
    otherLoad: rounds.map(() => 0.01),
  };
}

const measurement: Measurement = {
  configuration: configurationNamed('nano'),
  engines: [
    measured('compiled', [20, 30, 25], [4.174, 4.1, 4]),
    measured('pytorch', [30, 36, 40], [4.1740002, 4.1, 4.00001]),
    measured('tfjs-wasm', [1000, 1200, 1100], [4.174001, 4.1]),
    measured('tfjs-cpu', [6000], [4.174]),
  ],
  roof: [400e9, 420e9, 410e9],
};

describe('summarize', () => {
  it('takes ratios round by round', () => {
    const [compiled, pytorch, , cpu] = summarize(measurement);
    expect(compiled?.millisecondsPerStep).toEqual({ median: 25, min: 20, max: 30 });
    expect(compiled?.tokensPerSecond).toBeCloseTo(768 / 0.025);
    expect(pytorch?.timeOverCompiled).toEqual({ median: 1.5, min: 1.2, max: 1.6 });
    expect(cpu?.timeOverCompiled).toEqual({ median: 300, min: 300, max: 300 });
  });
});

describe('agreementOf', () => {
  it('compares the first and the last step that both have done', () => {
    const steps = (...losses: number[]) => ({ losses, gradientNorms: losses });
    expect(agreementOf(steps(2, 1.5), steps(4, 1, 0))).toEqual({
      lossDifference: 2,
      gradientNormDifference: 0.5,
      lastStep: 2,
      lastLossDifference: 0.5,
    });
  });
});

describe('report', () => {
  it('shows speed, agreement and targets', () => {
    expect(report(machine, '2.13.0', [measurement])).toMatchInlineSnapshot(`
      "Example CPU, 2 processors, Node 20.19.0, PyTorch 2.13.0, commit abc1234

      model  engine     ms/step      min-max  tokens/s  GFLOP/s  of roof  peak memory  compiled is faster
      -----  ---------  -------  -----------  --------  -------  -------  -----------  ------------------
      nano   compiled      25.0    20.0-30.0    30,720      161     39 %       300 MB
      nano   PyTorch       36.0    30.0-40.0    21,333      112     27 %       400 MB  1.50x (1.20-1.60)
      nano   tfjs wasm    1,100  1,000-1,200       698      3.7    0.9 %       400 MB  44.0x (40.0-50.0)
      nano   tfjs cpu     6,000                    128      0.7    0.2 %       400 MB  300x

      nano: 4 layers x 128, 0.8 M parameters; 12 x 64 tokens, 4.0 GFLOP a step; matrix product 410 GFLOP/s; first step: compiled 0.5 s, PyTorch 0.5 s, tfjs wasm 0.5 s, tfjs cpu 0.5 s

      model  engine     loss, step 1  off by  gradient norm  off by, relative  loss (step)  off by
      -----  ---------  ------------  ------  -------------  ----------------  -----------  ------  ------
      nano   compiled       4.174000               4.174000                     4.0000 (3)
      nano   PyTorch        4.174000  2.0e-7       4.174000            4.8e-8   4.0000 (3)  1.0e-5
      nano   tfjs wasm      4.174001  1.0e-6       4.174001            2.4e-7   4.1000 (2)  0.0e+0  agrees
      nano   tfjs cpu       4.174000  0.0e+0       4.174000            0.0e+0   4.1740 (1)  0.0e+0  agrees

      Same weights and batches in all engines. The first step must agree with eager tfjs: loss within 1e-5, gradient norm within 1e-4 relative.

      met     nano: 1.50x (1.20-1.60) as fast as PyTorch, target >= 1.2x
      met     nano: 44.0x (40.0-50.0) as fast as tfjs wasm, target >= 40x
      met     nano: 300x as fast as tfjs cpu, target >= 150x

      Other processes used 1.0 % of the processors while an engine was measured, at most 1.0 %."
    `);
  });

  it('says so when an engine differs or the machine was busy', () => {
    const [compiled, , wasm] = measurement.engines;
    const different = { ...measured('tfjs-wasm', [1000], [4.1741]), otherLoad: [0.4] };
    const busy = { ...measurement, engines: compiled === undefined || wasm === undefined ? [] : [compiled, different] };
    expect(allAgree([measurement])).toBe(true);
    expect(allAgree([busy])).toBe(false);
    expect(report(machine, undefined, [busy])).toContain('DIFFERS');
    expect(report(machine, undefined, [{ ...busy, engines: [different] }])).toContain('The machine was not idle');
  });
});

describe('markdownRow', () => {
  it('has a cell for each column of the results table', () => {
    expect(markdownRow('2026-01-31', machine, trainingCells(measurement))).toMatchInlineSnapshot(
      `"| 2026-01-31 | abc1234 | Example CPU, 2 processors | 20.19.0 | nano | 25.0 | 30,720 | 39 % | 300 MB | 1.50x | 44x | 300x |"`,
    );
  });
});
