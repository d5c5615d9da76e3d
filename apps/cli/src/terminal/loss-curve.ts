import { formatCount } from './format.ts';

/** A point of a loss curve. */
export interface LossPoint {
  readonly step: number;
  /** In nats per token. */
  readonly loss: number;
}

/** The size of a plot in characters, labels included. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** A braille cell holds 2 x 4 dots; these are their bits, by row and column. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const BRAILLE = 0x2800;
const LABEL_WIDTH = 7;
const SMOOTHING_RADIUS = 3;

/**
 * Draws a loss curve for a terminal: the training loss as a line of braille dots, smoothed to one value per column, and validation losses as circles.
 *
 * @returns lines joined by line breaks, or an empty text where there are fewer than two points.
 */
export function lossCurve(
  training: readonly LossPoint[],
  validation: readonly LossPoint[],
  { width, height }: PlotSize,
): string {
  const first = training[0]?.step;
  const last = training.at(-1)?.step;
  if (first === undefined || last === undefined || first === last) return '';
  const columns = width - LABEL_WIDTH - 1;
  const rows = height - 1;

  const line = smoothed(columnMeans(training, { first, last, columns: columns * 2 }));
  const values = [...line, ...validation.map(({ loss }) => loss)];
  const high = Math.max(...values);
  const low = Math.min(...values);
  const rowOf = (loss: number, count: number): number =>
    high === low ? count - 1 : Math.round(((high - loss) / (high - low)) * (count - 1));

  const cells = new Uint8Array(columns * rows);
  let previous: number | undefined;
  line.forEach((loss, x) => {
    const y = rowOf(loss, rows * 4);
    // Joined to its neighbour, so that a steep fall stays a line.
    const from = previous === undefined ? y : previous + Math.sign(y - previous);
    for (let dot = Math.min(from, y); dot <= Math.max(from, y); dot++) {
      const cell = Math.floor(dot / 4) * columns + Math.floor(x / 2);
      cells[cell] = (cells[cell] ?? 0) | (DOTS[dot % 4]?.[x % 2] ?? 0);
    }
    previous = y;
  });

  const marks = new Set(
    validation
      .filter(({ step }) => step >= first && step <= last)
      .map(
        ({ step, loss }) => rowOf(loss, rows) * columns + Math.round(((step - first) / (last - first)) * (columns - 1)),
      ),
  );
  const plot = Array.from({ length: rows }, (_, row) => {
    const isLabelled = row === rows - 1 || (low < high && row % 3 === 0 && row < rows - 2);
    const label = isLabelled ? (high - ((high - low) * row) / (rows - 1)).toFixed(2) : '';
    const dots = Array.from({ length: columns }, (_unused, column) => {
      const cell = row * columns + column;
      if (marks.has(cell)) return 'o';
      return cells[cell] === 0 ? ' ' : String.fromCodePoint(BRAILLE + (cells[cell] ?? 0));
    });
    return `${label.padStart(LABEL_WIDTH - 1)} ┤${dots.join('')}`.trimEnd();
  });
  const right = `step ${formatCount(last)}`;
  const axis = `${' '.repeat(LABEL_WIDTH)}└${formatCount(first)}${right.padStart(columns - formatCount(first).length)}`;
  return [...plot, axis].join('\n');
}

/** The mean loss in each column of dots; columns without a step lie on the line between their neighbours. */
function columnMeans(
  points: readonly LossPoint[],
  { first, last, columns }: { first: number; last: number; columns: number },
): number[] {
  const sums = new Float64Array(columns);
  const counts = new Uint32Array(columns);
  for (const { step, loss } of points) {
    const column = Math.round(((step - first) / (last - first)) * (columns - 1));
    sums[column] = (sums[column] ?? 0) + loss;
    counts[column] = (counts[column] ?? 0) + 1;
  }
  const means: number[] = [];
  sums.forEach((sum, column) => {
    const count = counts[column] ?? 0;
    if (count === 0) return;
    const mean = sum / count;
    const before = means.length;
    const from = means.at(-1) ?? mean;
    for (let gap = before; gap <= column; gap++)
      means.push(from + ((mean - from) * (gap - before + 1)) / (column - before + 1));
  });
  return means;
}

/** Means over neighbouring columns: what a person looks for is the trend. */
function smoothed(values: readonly number[]): number[] {
  return values.map((_, index) => {
    const radius = Math.min(SMOOTHING_RADIUS, index, values.length - 1 - index);
    const near = values.slice(index - radius, index + radius + 1);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}
