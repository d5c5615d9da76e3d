import type { Measure, Plot } from './experiment.ts';
import type { LabResult, MeasuredCondition } from './run-experiment.ts';

const WIDTH = 640;
const ROW_HEIGHT = 26;
const CHART_HEIGHT = 280;
/** For numbers and names below and beside a chart. */
const MARGIN = { top: 8, right: 24, bottom: 44, left: 56 };
const CHARACTER_WIDTH = 6.6;
const STROKES = { grid: 'stroke:currentColor;stroke-opacity:.15', mean: 'stroke:currentColor;stroke-width:2' };

/** A picture of a result. */
export interface ResultPlot {
  /** A name for its file. */
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

/**
 * The plots of a result as SVG texts: a dot for each seed, a line for their mean. They take the colour of the text around them, and `--accent` where it is
 * defined.
 */
export function resultPlots({ title, plots, measures, conditions }: LabResult): ResultPlot[] {
  return plots.map((plot) => {
    const measured = conditions.filter(
      ({ measured }) =>
        measured[plot.measure] !== undefined && (!plot.over || measured[plot.over.measure] !== undefined),
    );
    const measure = measures[plot.measure] ?? { label: plot.measure, digits: 2 };
    if (plot.over === undefined) {
      const name = `${title}: ${measure.label}`;
      return {
        file: `${plot.measure}.svg`,
        title: name,
        svg: rowsPlot(measured, { title: name, key: plot.measure, measure }),
      };
    }
    const over = measures[plot.over.measure]?.label ?? plot.over.measure;
    const name = `${title}: ${measure.label} over ${over}`;
    const svg = pointsPlot(measured, { title: name, plot, measures });
    return { file: `${plot.measure}-over-${plot.over.measure}.svg`, title: name, svg };
  });
}

/** A row for each condition. */
function rowsPlot(
  conditions: readonly MeasuredCondition[],
  { title, key, measure }: { readonly title: string; readonly key: string; readonly measure: Measure },
): string {
  const left = 16 + CHARACTER_WIDTH * Math.max(...conditions.map(({ name }) => name.length));
  const bottom = MARGIN.top + conditions.length * ROW_HEIGHT;
  const x = linearScale(rangeOf(conditions, key), [left, WIDTH - MARGIN.right]);
  const rows = conditions.map(({ name, measured }, index) => {
    const y = MARGIN.top + (index + 0.5) * ROW_HEIGHT;
    const { values = [], mean = NaN } = measured[key] ?? {};
    return [
      text(name, { x: left - 12, y: y + 4, anchor: 'end' }),
      ...values.map((value) => dot(x.at(value), y)),
      stroke([x.at(mean), y - 8], [x.at(mean), y + 8], 'mean'),
    ].join('');
  });
  const ticks = x.ticks.map(
    (value) =>
      stroke([x.at(value), MARGIN.top], [x.at(value), bottom], 'grid') +
      text(formatTick(value), { x: x.at(value), y: bottom + 16, anchor: 'middle' }),
  );
  const label = text(measure.label, { x: (left + WIDTH - MARGIN.right) / 2, y: bottom + 34, anchor: 'middle' });
  return svg(bottom + MARGIN.bottom, title, [...ticks, ...rows, label]);
}

/** A point for each condition, with its name beside it. */
function pointsPlot(
  conditions: readonly MeasuredCondition[],
  {
    title,
    plot: { measure, over = { measure: '' } },
    measures,
  }: { readonly title: string; readonly plot: Plot; readonly measures: LabResult['measures'] },
): string {
  const bottom = MARGIN.top + CHART_HEIGHT;
  const scale = over.isLogarithmic === true ? logarithmicScale : linearScale;
  const x = scale(rangeOf(conditions, over.measure), [MARGIN.left + 12, WIDTH - 100]);
  const y = linearScale(rangeOf(conditions, measure), [bottom - 12, MARGIN.top + 12]);
  const marks = conditions.map(({ name, measured }) => {
    const across = x.at(measured[over.measure]?.mean ?? NaN);
    const up = measured[measure];
    const mean = y.at(up?.mean ?? NaN);
    return [
      ...(up?.values ?? []).map((value) => dot(across, y.at(value))),
      stroke([across - 6, mean], [across + 6, mean], 'mean'),
      text(name, { x: across + 10, y: mean + 4, anchor: 'start' }),
    ].join('');
  });
  const ticks = [
    ...x.ticks.map(
      (value) =>
        stroke([x.at(value), MARGIN.top], [x.at(value), bottom], 'grid') +
        text(formatTick(value), { x: x.at(value), y: bottom + 16, anchor: 'middle' }),
    ),
    ...y.ticks.map(
      (value) =>
        stroke([MARGIN.left, y.at(value)], [WIDTH - MARGIN.right, y.at(value)], 'grid') +
        text(formatTick(value), { x: MARGIN.left - 8, y: y.at(value) + 4, anchor: 'end' }),
    ),
  ];
  const [labelX, labelY] = [measures[over.measure]?.label ?? '', measures[measure]?.label ?? ''];
  return svg(bottom + MARGIN.bottom, title, [
    ...ticks,
    ...marks,
    text(labelX, { x: WIDTH / 2, y: bottom + 34, anchor: 'middle' }),
    `<g transform="translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)">${text(labelY, { x: 0, y: 0, anchor: 'middle' })}</g>`,
  ]);
}

/** From values to coordinates. */
interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

type Range = readonly [low: number, high: number];

function linearScale([low, high]: Range, [from, to]: Range): Scale {
  const step = niceStep((high - low || 1) / 5);
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  const numSteps = Math.max(1, last - first);
  return {
    at: (value) => from + ((value / step - first) / numSteps) * (to - from),
    ticks: Array.from({ length: numSteps + 1 }, (_, index) => (first + index) * step),
  };
}

/** Ticks at powers of ten. */
function logarithmicScale([low, high]: Range, [from, to]: Range): Scale {
  const { at, ticks } = linearScale([Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))], [from, to]);
  return {
    at: (value) => at(Math.log10(value)),
    ticks: ticks.filter((power) => Number.isInteger(power)).map((power) => 10 ** power),
  };
}

/** The next larger of 1, 2 and 5 times a power of ten. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5].find((factor) => factor * power >= step) ?? 10);
}

function rangeOf(conditions: readonly MeasuredCondition[], measure: string): Range {
  const values = conditions.flatMap(({ measured }) => measured[measure]?.values ?? []);
  return [Math.min(...values), Math.max(...values)];
}

function formatTick(value: number): string {
  return value.toLocaleString('en-US', {
    maximumSignificantDigits: 4,
    notation: value >= 10_000 ? 'compact' : 'standard',
  });
}

function svg(height: number, title: string, parts: readonly string[]): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" style="font:12px system-ui,sans-serif;fill:currentColor">` +
    `<title>${escape(title)}</title>${parts.join('')}</svg>\n`
  );
}

function text(content: string, { x, y, anchor }: { readonly x: number; readonly y: number; readonly anchor: string }) {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escape(content)}</text>`;
}

function dot(x: number, y: number): string {
  return `<circle style="fill:var(--accent,#3451b2);fill-opacity:.6" cx="${round(x)}" cy="${round(y)}" r="4"/>`;
}

function stroke([x1, y1]: Range, [x2, y2]: Range, kind: keyof typeof STROKES): string {
  return `<line style="${STROKES[kind]}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

function round(coordinate: number): string {
  return coordinate.toFixed(1);
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
