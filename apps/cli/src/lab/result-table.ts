import type { Measure } from './experiment.ts';
import type { LabResult } from './run-experiment.ts';
import type { Summary } from './statistics.ts';
import type { Verdict } from './verdict.ts';

/** Heads the first column: a header that is empty is read as nothing by a screen reader. */
const CONDITION = 'condition';

/** The table of a result in Markdown: conditions, and of each measure the mean of all seeds, the lowest and the highest. */
export function resultTable({ conditions, measures }: LabResult): string {
  const columns = Object.entries(measures);
  const rows = conditions.map(({ name, measured }) => [
    name,
    ...columns.map(([key, measure]) => formatSummary(measured[key], measure)),
  ]);
  const widths = [CONDITION, ...columns.map(([, { label }]) => label)].map((label, index) =>
    Math.max(label.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' | ')} |`;
  return [
    line([CONDITION, ...columns.map(([, { label }]) => label)]),
    `| ${widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}

/** What a result says about a claim: `supported: BERT is better (by 3.1 ± 0.4 % accuracy)`. */
export function formatVerdict({ claim, outcome, margin: { mean, halfWidth }, unit }: Verdict): string {
  const round = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
  return `${outcome}: ${claim} (by ${round(mean)} ± ${round(halfWidth)} ${unit})`;
}

/** The mean of all seeds, with the lowest and the highest where they differ. */
function formatSummary(summary: Summary | undefined, { digits }: Measure): string {
  if (summary === undefined) return '';
  const format = (value: number): string =>
    value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [mean, low, high] = [summary.mean, Math.min(...summary.values), Math.max(...summary.values)].map(format);
  return low === high ? `${mean}` : `${mean} (${low} to ${high})`;
}
