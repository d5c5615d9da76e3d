import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { EngineName } from './engines.ts';
import { formatBytes, formatMilliseconds, formatNumber } from './format.ts';
import type { Machine } from './machine.ts';
import { summarize, type Measurement } from './measurement.ts';
import type { Results } from './results.ts';

const FOLDER = fileURLToPath(new URL('../results/', import.meta.url));
const PRETTIER = fileURLToPath(new URL('../../node_modules/prettier/bin/prettier.cjs', import.meta.url));

/**
 * Keeps figures beside those of earlier commits: all of them as JSON, and a row for each configuration in the table of `results/README.md`.
 *
 * @returns the path of the JSON file.
 */
export async function saveResults(results: Results, measurements: readonly Measurement[]): Promise<string> {
  const date = results.date.slice(0, 10);
  const file = `${FOLDER}${date}-${results.machine.commit}.json`;
  const table = `${FOLDER}README.md`;
  await writeFile(file, `${JSON.stringify(results, undefined, 2)}\n`);
  const rows = measurements.map((measurement) => markdownRow(date, results.machine, measurement));
  await writeFile(table, `${(await readFile(table, 'utf8')).trimEnd()}\n${rows.join('\n')}\n`);
  execFileSync(process.execPath, [PRETTIER, '--write', '--log-level=warn', file, table]);
  return file;
}

/** In the order of the columns of `results/README.md`. */
export function markdownRow(
  date: string,
  { commit, processor, numProcessors, node }: Machine,
  measurement: Measurement,
): string {
  const summaries = summarize(measurement);
  const compiled = summaries.find(({ engine }) => engine === 'compiled');
  const ratio = (name: EngineName): string => {
    const summary = summaries.find(({ engine }) => engine === name);
    return summary === undefined
      ? ''
      : `${summary.timeOverCompiled.median.toFixed(summary.timeOverCompiled.median < 10 ? 2 : 0)}x`;
  };
  const cells = [
    date,
    commit,
    `${processor}, ${numProcessors} processors`,
    node,
    measurement.configuration.name,
    compiled === undefined ? '' : formatMilliseconds(compiled.millisecondsPerStep.median),
    compiled === undefined ? '' : formatNumber(compiled.tokensPerSecond),
    compiled === undefined ? '' : `${formatNumber(compiled.shareOfRoof.median * 100)} %`,
    compiled === undefined ? '' : formatBytes(compiled.peakBytes),
    ratio('pytorch'),
    ratio('tfjs-wasm'),
    ratio('tfjs-cpu'),
  ];
  return `| ${cells.join(' | ')} |`;
}
