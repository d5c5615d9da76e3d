import type { EngineName } from './engines.ts';
import { formatBytes, formatMilliseconds, formatNumber } from './format.ts';
import { keepResults } from './keep-results.ts';
import { summarize, type Measurement } from './measurement.ts';
import type { Results } from './results.ts';

/** Keeps the figures of training steps. @returns the path of the JSON file. */
export function saveResults(results: Results, measurements: readonly Measurement[]): Promise<string> {
  return keepResults({ results, table: 'README.md', rows: measurements.map(trainingCells) });
}

/** In the order of the columns of `results/README.md`, after machine and Node. */
export function trainingCells(measurement: Measurement): string[] {
  const summaries = summarize(measurement);
  const compiled = summaries.find(({ engine }) => engine === 'compiled');
  const ratio = (name: EngineName): string => {
    const summary = summaries.find(({ engine }) => engine === name);
    return summary === undefined
      ? ''
      : `${summary.timeOverCompiled.median.toFixed(summary.timeOverCompiled.median < 10 ? 2 : 0)}x`;
  };
  return [
    measurement.configuration.name,
    compiled === undefined ? '' : formatMilliseconds(compiled.millisecondsPerStep.median),
    compiled === undefined ? '' : formatNumber(compiled.tokensPerSecond),
    compiled === undefined ? '' : `${formatNumber(compiled.shareOfRoof.median * 100)} %`,
    compiled === undefined ? '' : formatBytes(compiled.peakBytes),
    ratio('pytorch'),
    ratio('tfjs-wasm'),
    ratio('tfjs-cpu'),
  ];
}
