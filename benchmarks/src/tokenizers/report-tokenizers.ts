import { formatMilliseconds, formatNumber, formatRatio } from '../format.ts';
import { median, pairwiseRatios, spreadOf, type Spread } from '../statistics.ts';
import { textTable } from '../text-table.ts';
import type { Doubling, TokenizerMeasurements, TokenizerRace } from './measure-tokenizers.ts';
import { DOUBLING_TARGET, TOKENIZER_ENGINES, tokenizerBenchmarkNamed } from './tokenizer-benchmarks.ts';

/** Above this, something else was running and the figures say little. */
const MAX_OTHER_LOAD = 0.05;

/** All measurements as text. */
export function reportTokenizers({ races, doublings, otherLoad }: TokenizerMeasurements): string {
  return [
    textTable(
      [
        { title: 'task', align: 'left' },
        { title: '', align: 'left' },
        { title: 'against', align: 'left' },
        { title: 'MB' },
        { title: 'cloze MB/s' },
        { title: 'other MB/s' },
        { title: 'cloze is faster', align: 'left' },
      ],
      races.map(raceCells),
    ),
    ...(doublings.length === 0 ? [] : [doublingTable(doublings)]),
    [...new Set(races.map(({ agreement }) => agreement))].join('\n'),
    [...races.flatMap(raceVerdict), ...doublings.map(doublingVerdict)].join('\n'),
    loadLine(otherLoad),
  ].join('\n\n');
}

/** In the order of the columns. */
export function raceCells(race: TokenizerRace): string[] {
  const [ours, other] = race.engines;
  const speed = (rounds: readonly number[]): string => formatNumber((race.megabytes / median(rounds)) * 1000, 1);
  return [
    tokenizerBenchmarkNamed(race.benchmark).title,
    race.variant,
    other === undefined ? '' : TOKENIZER_ENGINES[other.engine],
    formatNumber(race.megabytes, 1),
    ours === undefined ? '' : speed(ours.rounds),
    other === undefined ? '' : speed(other.rounds),
    formatRatio(advantage(race)),
  ];
}

/** How many times faster ours is, round by round. */
function advantage({ engines: [ours, other] }: TokenizerRace): Spread {
  return spreadOf(pairwiseRatios(other?.rounds ?? [], ours?.rounds ?? []));
}

/** Whether everything that was compared is equal, or as likely. */
export function allTokenizersAgree({ races }: TokenizerMeasurements): boolean {
  return races.every(({ isEqual }) => isEqual);
}

function doublingTable(doublings: readonly Doubling[]): string {
  const [first] = doublings;
  const columns = [
    { title: 'letters without a space', align: 'left' } as const,
    ...(first?.lengths ?? []).map((length) => ({ title: formatNumber(length) })),
    { title: 'per doubling' },
  ];
  const rows = doublings.map((doubling) => [
    `${tokenizerBenchmarkNamed(doubling.benchmark).title}, ms`,
    ...doubling.milliseconds.map(formatMilliseconds),
    formatRatio(growth(doubling)),
  ]);
  return textTable(columns, rows);
}

/** The time for a line over the time for one half as long. */
function growth({ milliseconds }: Doubling): Spread {
  return spreadOf(pairwiseRatios(milliseconds.slice(1), milliseconds));
}

function raceVerdict(race: TokenizerRace): string[] {
  const { title, targets } = tokenizerBenchmarkNamed(race.benchmark);
  const other = race.engines[1]?.engine;
  const target = other === undefined ? undefined : targets[other];
  if (other === undefined || target === undefined) return [];
  const ratio = advantage(race);
  const what = race.variant === '' ? title : `${title}, ${race.variant}`;
  return [
    `${verdict(ratio.median >= target)}  ${what}: ${formatRatio(ratio)} as fast as ${TOKENIZER_ENGINES[other]}, target >= ${target}x`,
  ];
}

function doublingVerdict(doubling: Doubling): string {
  const spread = growth(doubling);
  return `${verdict(spread.median <= DOUBLING_TARGET)}  ${tokenizerBenchmarkNamed(doubling.benchmark).title}: ${formatRatio(spread)} the time for twice the letters, target <= ${DOUBLING_TARGET}x`;
}

function verdict(isMet: boolean): string {
  return isMet ? 'met   ' : 'missed';
}

function loadLine(otherLoad: readonly number[]): string {
  const { median: usual, max } = spreadOf(otherLoad);
  const figures = `Other processes used ${formatNumber(usual * 100, 1)} % of the processors meanwhile, at most ${formatNumber(max * 100, 1)} %.`;
  return usual <= MAX_OTHER_LOAD
    ? figures
    : `${figures} The machine was not idle: times are too long and ratios uncertain.`;
}
