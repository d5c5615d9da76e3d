import { formatMilliseconds, formatRatio } from '../format.ts';
import { median, pairwiseRatios, spreadOf } from '../statistics.ts';
import { textTable } from '../text-table.ts';
import type { BrowserMeasurement } from './measure-browser.ts';
import type { BrowserEngine } from './worker.ts';

/** Losses agree within so many nats. */
const MAX_DIFFERENCE = 1e-3;

/** All configurations as a table. */
export function reportBrowser(chromium: string, measurements: readonly BrowserMeasurement[]): string {
  const columns = [
    { title: 'model' },
    { title: 'compiled' },
    { title: 'tfjs wasm' },
    { title: 'times faster' },
    { title: 'threads' },
    { title: 'SIMD', align: 'left' },
    { title: 'losses differ by' },
  ] as const;
  return [
    textTable(columns, measurements.map(browserCells)),
    '',
    `Chromium ${chromium}: training steps of the same GPT in one page, in a worker, in turns, in milliseconds per step (medians of all steps). Both run on`,
    'WebAssembly; compiled is onnxruntime-web. Each has the threads that it says; tfjs was asked for as many. Ratios are of the medians within a round: their median,',
    'the least and the greatest.',
    ...measurements
      .filter(({ facts }) => !facts.isIsolated)
      .map(({ configuration }) => `${configuration}: the page was not isolated, so there was one thread.`),
  ].join('\n');
}

/** In the order of the columns of the report. */
export function browserCells(measurement: BrowserMeasurement): string[] {
  const { configuration, facts } = measurement;
  const rounds = (engine: BrowserEngine): readonly (readonly number[])[] =>
    measurement.engines.find((measured) => measured.engine === engine)?.milliseconds ?? [];
  const [compiled, eager] = [rounds('compiled'), rounds('tfjs-wasm')];
  return [
    configuration,
    formatMilliseconds(median(compiled.flat())),
    formatMilliseconds(median(eager.flat())),
    formatRatio(spreadOf(pairwiseRatios(eager.map(median), compiled.map(median)))),
    `${facts.numThreads.compiled} and ${facts.numThreads['tfjs-wasm']}`,
    facts.hasSimd ? 'yes' : 'no',
    lossDifference(measurement).toExponential(1),
  ];
}

/** Whether both engines found the same losses at every step. */
export function browserAgrees(measurement: BrowserMeasurement): boolean {
  return lossDifference(measurement) <= MAX_DIFFERENCE;
}

function lossDifference({ engines }: BrowserMeasurement): number {
  const [first, ...others] = engines.map(({ losses }) => losses);
  const differences = others.flatMap((losses) => losses.map((loss, step) => Math.abs(loss - (first?.[step] ?? NaN))));
  return Math.max(0, ...differences);
}
