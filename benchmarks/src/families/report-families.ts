import { formatMilliseconds, formatNumber } from '../format.ts';
import { textTable } from '../text-table.ts';
import type { FamilyMeasurement } from './measure-families.ts';

/** All families as a table. */
export function reportFamilies(measurements: readonly FamilyMeasurement[]): string {
  const columns = [
    { title: 'family', align: 'left' },
    { title: 'parameters' },
    { title: 'steps' },
    { title: 'ms/step' },
    { title: 'tokens/s' },
    { title: 'GFLOP/s' },
    { title: 'of roof' },
    { title: 'token entropy' },
    { title: 'validation loss' },
    { title: 'learned after' },
  ] as const;
  return [
    textTable(columns, measurements.map(familyCells)),
    '',
    'Entropy of token frequencies in nats per token, loss in nats per target; learned = a loss a tenth below that entropy, counted from the start of the',
    "program, tokenizer and compilation included. The roof is this runtime's own product of two 1024 x 1024 matrices, before and after each run.",
  ].join('\n');
}

/** In the order of the columns. */
export function familyCells(run: FamilyMeasurement): string[] {
  return [
    `${run.family} ${run.preset}`,
    `${formatNumber(run.numParameters / 1e6, 1)} M`,
    formatNumber(run.numSteps),
    formatMilliseconds(run.millisecondsPerStep),
    formatNumber(run.tokensPerSecond),
    formatNumber(run.gigaflopsPerSecond),
    `${formatNumber((run.gigaflopsPerSecond / run.roof) * 100)} %`,
    run.unigramEntropy.toFixed(2),
    run.validationLoss?.toFixed(2) ?? 'none yet',
    run.secondsToLearn === undefined ? 'not yet' : `${formatNumber(run.secondsToLearn)} s`,
  ];
}
