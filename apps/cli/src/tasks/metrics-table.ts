import type { Metrics } from '@cloze/tasks';

/** Metrics as lines of a table: name, value, and where it lies with 95 % confidence. */
export function metricsTable(metrics: Metrics): string[] {
  const width = Math.max(...Object.keys(metrics).map((name) => spelled(name).length));
  return Object.entries(metrics).map(([name, estimate]) => `${spelled(name).padEnd(width)}  ${withInterval(estimate)}`);
}

/** `0.842 (0.815 to 0.866)`. */
export function withInterval({ value, interval }: Metrics[string]): string {
  const range = interval === undefined ? '' : ` (${rounded(interval.low)} to ${rounded(interval.high)})`;
  return `${rounded(value)}${range}`;
}

/** `macroF1` as `macro F1`. */
export function spelled(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/ f1$/, ' F1');
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(1) : Math.abs(value) >= 10 ? value.toFixed(2) : value.toFixed(3);
}
