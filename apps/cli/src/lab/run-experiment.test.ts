import { RandomKey } from '@cloze/core';
import { tfjsEngine } from '@cloze/jit';
import { describe, expect, it } from 'vitest';
import type { Experiment } from './experiment.ts';
import { resultPlots } from './result-plot.ts';
import { formatVerdict, resultTable } from './result-table.ts';
import { runExperiment, type LabResult } from './run-experiment.ts';

/** Two conditions; the second is better by 2, 3 and 4, and alone has a size. */
const toy: Experiment = {
  name: 'toy',
  title: 'Toy',
  question: 'Which is better?',
  method: 'Nothing is trained.',
  seeds: [2, 3, 4],
  measures: { accuracy: { label: 'accuracy, %', digits: 1 }, size: { label: 'parameters', digits: 0 } },
  plots: [{ measure: 'accuracy' }, { measure: 'accuracy', over: { measure: 'size', isLogarithmic: true } }],
  claims: [
    {
      text: 'the second is better',
      unit: 'points',
      margin: (of) => of('second', 'accuracy') - of('first', 'accuracy'),
    },
    { text: 'the first is better', unit: 'points', margin: (of) => of('first', 'accuracy') - of('second', 'accuracy') },
    { text: 'the first is odd', unit: 'points', margin: (of) => of('first', 'accuracy') - 50.5 },
  ],
  run: ({ key, progress }) => {
    progress(0.5, 'nothing');
    const seed = [2, 3, 4].find((number) => key.fold('x').uniform(1)[0] === keyOf(number)) ?? NaN;
    return Promise.resolve([
      { name: 'first', values: { accuracy: 50 + (seed % 2) } },
      { name: 'second <b>', values: {} },
      { name: 'second', values: { accuracy: 50 + (seed % 2) + seed, size: 1000 } },
    ]);
  },
};

function keyOf(seed: number): number | undefined {
  return RandomKey.fromSeed(seed).fold('toy').fold('x').uniform(1)[0];
}

async function run(): Promise<LabResult> {
  return runExperiment(toy, { isQuick: true, engine: tfjsEngine() });
}

describe('runExperiment', () => {
  it('gathers the values of all seeds', async () => {
    const { conditions, command } = await run();
    expect(command).toBe('npx cloze lab toy --quick');
    expect(conditions.map(({ name, measured }) => [name, measured.accuracy?.values, measured.size?.values])).toEqual([
      ['first', [50, 51, 50], undefined],
      ['second <b>', undefined, undefined],
      ['second', [52, 54, 54], [1000, 1000, 1000]],
    ]);
  });

  it('tells how far it is over all seeds', async () => {
    const told: [number, string][] = [];
    const progress = (fraction: number, doing: string): unknown => told.push([fraction, doing]);
    await runExperiment(toy, { isQuick: false, engine: tfjsEngine(), progress: (...news) => void progress(...news) });
    expect(told).toEqual([
      [0.5 / 3, 'seed 1 of 3: nothing'],
      [1.5 / 3, 'seed 2 of 3: nothing'],
      [2.5 / 3, 'seed 3 of 3: nothing'],
    ]);
  });

  it('says what is supported, contradicted and undecided', async () => {
    expect((await run()).verdicts.map(formatVerdict)).toEqual([
      'supported: the second is better (by 3 ± 2.48 points)',
      'contradicted: the first is better (by -3 ± 2.48 points)',
      'undecided: the first is odd (by -0.167 ± 1.43 points)',
    ]);
  });

  it('refuses claims about what was not measured', async () => {
    const claims = [{ text: 'wrong', unit: '', margin: toy.claims[0]?.margin ?? (() => 0) }];
    const lacking: Experiment = { ...toy, claims, run: () => Promise.resolve([]) };
    await expect(runExperiment(lacking, { isQuick: true, engine: tfjsEngine() })).rejects.toThrow(
      'The claim asks for accuracy of second, which was not measured.',
    );
  });
});

describe('resultTable', () => {
  it('shows mean and range, and nothing where nothing was measured', async () => {
    expect(resultTable(await run())).toMatchInlineSnapshot(`
      "| condition  |         accuracy, % | parameters |
      | ---------- | ------------------: | ---------: |
      | first      | 50.3 (50.0 to 51.0) |            |
      | second <b> |                     |            |
      | second     | 53.3 (52.0 to 54.0) |      1,000 |"
    `);
  });
});

describe('resultPlots', () => {
  it('draws a dot for each seed and escapes names', async () => {
    const plots = resultPlots(await run());
    expect(plots.map(({ file }) => file)).toEqual(['accuracy.svg', 'accuracy-over-size.svg']);
    expect(plots.map(({ svg }) => svg.match(/<circle/g)?.length)).toEqual([6, 3]);
    expect(plots[0]?.svg).not.toContain('NaN');
    expect(plots[0]?.svg).not.toContain('<b>');
  });
});
