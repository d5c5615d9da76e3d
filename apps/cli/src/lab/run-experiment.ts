import { RandomKey } from '@cloze/core';
import type { Engine } from '@cloze/jit';
import { summarize, type Summary } from './statistics.ts';
import { judge, type Verdict } from './verdict.ts';
import type { Condition, Experiment } from './experiment.ts';

/** What an experiment found, as it is written to disk. */
export interface LabResult {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly method: string;
  /** What repeats it. */
  readonly command: string;
  readonly isQuick: boolean;
  readonly seeds: readonly number[];
  readonly measures: Experiment['measures'];
  readonly plots: Experiment['plots'];
  readonly conditions: readonly MeasuredCondition[];
  readonly verdicts: readonly Verdict[];
}

/** A condition with all its values, in the order of the seeds. */
export interface MeasuredCondition {
  readonly name: string;
  readonly measured: Readonly<Record<string, Summary>>;
}

/** How an experiment is run. */
export interface RunOptions {
  readonly isQuick: boolean;
  readonly engine: Engine;
  /** Tells how far the run is, from 0 to 1, and what it does now. Default: nobody is told. */
  readonly progress?: ((fraction: number, doing: string) => void) | undefined;
}

/** Runs an experiment with all its seeds. The same seeds give the same result. */
export async function runExperiment(
  experiment: Experiment,
  { isQuick, engine, progress = () => undefined }: RunOptions,
): Promise<LabResult> {
  const { name, title, question, method, seeds, measures, plots, claims } = experiment;
  const runs: (readonly Condition[])[] = [];
  for (const [index, seed] of seeds.entries()) {
    const run = await experiment.run({
      isQuick,
      engine,
      key: RandomKey.fromSeed(seed).fold(name),
      progress: (fraction, doing) => {
        progress((index + fraction) / seeds.length, `seed ${index + 1} of ${seeds.length}: ${doing}`);
      },
    });
    runs.push(run);
  }
  const conditions = (runs[0] ?? []).map(({ name: condition }) => ({
    name: condition,
    measured: measuredOf(condition, runs, measures),
  }));
  return {
    ...{ name, title, question, method, isQuick, seeds, measures, plots, conditions },
    command: `npx cloze lab ${name}${isQuick ? ' --quick' : ''}`,
    verdicts: claims.map((claim) => judge(claim, runs)),
  };
}

function measuredOf(
  condition: string,
  runs: readonly (readonly Condition[])[],
  measures: Experiment['measures'],
): Record<string, Summary> {
  const measured: Record<string, Summary> = {};
  for (const measure of Object.keys(measures)) {
    const found = runs.map((run) => run.find(({ name }) => name === condition)?.values[measure]);
    if (found.every((value) => value !== undefined)) measured[measure] = summarize(found);
  }
  return measured;
}
