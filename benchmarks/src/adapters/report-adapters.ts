import { formatBytes, formatMilliseconds, formatNumber, formatRatio } from '../format.ts';
import { median, pairwiseRatios, spreadOf } from '../statistics.ts';
import { textTable } from '../text-table.ts';
import type { AdapterMeasurement } from './measure-adapters.ts';

/** All methods as a table. */
export function reportAdapters(measurements: readonly AdapterMeasurement[]): string {
  const columns = [
    { title: 'model', align: 'left' },
    { title: 'trained', align: 'left' },
    { title: 'ms/step' },
    { title: 'CPU ms/step' },
    { title: 'times faster' },
    { title: 'CPU ratio' },
    { title: 'peak memory' },
    { title: 'of full' },
  ] as const;
  return [
    textTable(columns, adapterRows(measurements)),
    '',
    'Compiled training steps, medians of all rounds. Ratios compare with training everything (full): times are medians of the ratios within a round, with the',
    'least and the greatest; memory is the most that each process had resident, the first step and what makes the weights included.',
  ].join('\n');
}

/** In the order of the columns. */
export function adapterRows(measurements: readonly AdapterMeasurement[]): string[][] {
  return measurements.map((measurement) => {
    const { configuration, method, milliseconds, cpuMilliseconds, peakBytes } = measurement;
    const full = measurements.find((other) => other.method === 'full' && other.configuration === configuration);
    const ratio = (kind: 'milliseconds' | 'cpuMilliseconds'): string =>
      full === undefined ? '' : formatRatio(spreadOf(pairwiseRatios(full[kind], measurement[kind])));
    return [
      configuration,
      method,
      formatMilliseconds(median(milliseconds)),
      formatMilliseconds(median(cpuMilliseconds)),
      ratio('milliseconds'),
      ratio('cpuMilliseconds'),
      formatBytes(peakBytes),
      full === undefined ? '' : `${formatNumber((100 * peakBytes) / full.peakBytes)} %`,
    ];
  });
}
