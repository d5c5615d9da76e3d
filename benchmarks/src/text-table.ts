/** A column of a table of text. */
export interface Column {
  readonly title: string;
  /** Default: right, as numbers want it. */
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/**
 * Rows in columns as wide as their widest cell, with a line below the titles.
 *
 * @param rows cells in the order of the columns; an empty row separates groups.
 */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((cells) => cells[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align = 'right' }, index) => {
        const [cell, width] = [cells[index] ?? '', widths[index] ?? 0];
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join('\n');
}
