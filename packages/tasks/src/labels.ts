import { closest, ClozeError } from '@cloze/core';
import type { TaskRow } from './task-values.ts';

/**
 * The labels of training data in order: by number where all are numbers, otherwise by code unit.
 *
 * @throws {ClozeError} `DATA_INVALID` when there are fewer than two, or so many that the column is probably another one.
 */
export function labelSet(labels: Iterable<string>): string[] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const names = [...counts.keys()];
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (names.length < 2) {
    throw new ClozeError('DATA_INVALID', {
      message: `There must be at least two different labels, got ${names.length === 0 ? 'none' : `only ${JSON.stringify(names[0])}`}.`,
      hint: 'Check which column holds the labels.',
    });
  }
  if (names.length > MOST_LABELS || (total > FEW_ROWS && names.length > total / 2)) {
    throw new ClozeError('DATA_INVALID', {
      message: `There must be a few labels that come again and again, got ${names.length} different ones in ${total} places, as ${names
        .slice(0, 3)
        .map((name) => JSON.stringify(name.slice(0, 40)))
        .join(', ')}.`,
      hint: 'Check which column holds the labels; numbers on a scale are a task for regression.',
    });
  }
  const areNumbers = names.every((name) => /^-?\d+(\.\d+)?$/.test(name));
  return areNumbers ? names.sort((a, b) => Number(a) - Number(b)) : names.sort();
}

const MOST_LABELS = 10_000;
/** Below this, every row may have a label of its own. */
const FEW_ROWS = 20;

/**
 * The number of a label.
 *
 * @throws {ClozeError} `DATA_INVALID` with file and line when it is none of the labels.
 */
export function labelId(labels: readonly string[], label: string, { place, labelColumn = 'label' }: TaskRow): number {
  const id = labels.indexOf(label);
  if (id >= 0) return id;
  const meant = closest(label, labels);
  throw new ClozeError('DATA_INVALID', {
    message: `The column ${JSON.stringify(labelColumn)} must hold one of the model's labels (${shown(labels)}), got ${JSON.stringify(label.slice(0, 60))}.`,
    hint: meant === undefined ? 'Correct the line, or train with it.' : `Did you mean ${JSON.stringify(meant)}?`,
    ...place,
  });
}

function shown(labels: readonly string[]): string {
  return labels.length <= 10 ? labels.join(', ') : `${labels.slice(0, 10).join(', ')}, ...`;
}
