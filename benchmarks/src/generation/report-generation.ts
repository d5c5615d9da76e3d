import { formatMilliseconds, formatNumber, formatRatio } from '../format.ts';
import { median, pairwiseRatios, spreadOf } from '../statistics.ts';
import { textTable } from '../text-table.ts';
import type { GenerationRace } from './measure-generation.ts';

/** All races as a table. */
export function reportGeneration(races: readonly GenerationRace[], version: string): string {
  const columns = [
    { title: 'new tokens' },
    { title: 'ms/token' },
    { title: 'CPU ms/token' },
    { title: `transformers.js ${version}` },
    { title: 'its CPU' },
    { title: 'times faster' },
    { title: 'CPU ratio' },
    { title: 'same tokens', align: 'left' },
  ] as const;
  return [
    textTable(columns, races.map(generationCells)),
    '',
    'GPT-2 small in float32 with random weights, greedy, batch of one, in milliseconds per new token, the prompt included: the median of all rounds. Both have as',
    'many threads as there are processors. Ratios are medians of the ratios within a round, with the least and the greatest.',
  ].join('\n');
}

/** In the order of the columns. */
export function generationCells({ numTokens, libraries, isEqual }: GenerationRace): string[] {
  const [ours, theirs] = ['cloze', 'transformers.js'].map((name) => libraries.find(({ library }) => library === name));
  if (ours === undefined || theirs === undefined) return [];
  const ratio = (kind: 'milliseconds' | 'cpuMilliseconds'): string =>
    formatRatio(spreadOf(pairwiseRatios(theirs[kind], ours[kind])));
  return [
    formatNumber(numTokens),
    formatMilliseconds(median(ours.milliseconds)),
    formatMilliseconds(median(ours.cpuMilliseconds)),
    formatMilliseconds(median(theirs.milliseconds)),
    formatMilliseconds(median(theirs.cpuMilliseconds)),
    ratio('milliseconds'),
    ratio('cpuMilliseconds'),
    isEqual ? 'all' : 'NO',
  ];
}
