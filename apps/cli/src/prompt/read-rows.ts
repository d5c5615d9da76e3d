import { ClozeError, ConfigError } from '@cloze/core';
import { readRows, type RowPlace } from '@cloze/datasets';
import type { Template } from '@cloze/prompting';
import { givenTexts } from '../tasks/given-texts.ts';
import { UsageError } from '../usage-error.ts';

/** Values by the names of slots and columns. */
export type PromptRow = Readonly<Record<string, string>>;

/**
 * The rows of a file, with a value for each slot.
 *
 * @throws {ClozeError} with file and line when a slot has no value, or a column that must be there is not.
 */
export async function promptRows(
  file: string,
  template: Template,
  columns: readonly string[] = [],
): Promise<PromptRow[]> {
  const rows: PromptRow[] = [];
  for await (const row of readRows(file)) {
    const values = Object.entries(row.values).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[name, String(value)] as const]
        : [],
    );
    const own = Object.fromEntries(values);
    checkRow(template, own, row.place);
    for (const column of columns) if (!Object.hasOwn(own, column)) row.text(column);
    rows.push(own);
  }
  return rows;
}

function checkRow(template: Template, row: PromptRow, { file, line }: RowPlace): void {
  try {
    template.fill(row);
  } catch (error) {
    throw error instanceof ClozeError ? new ConfigError({ ...error.details, file, line }) : error;
  }
}

/**
 * Texts of the command line or of a pipe as values for the only slot; a template without slots asks one question.
 *
 * @throws {UsageError} when the template has several slots, or there is no text.
 */
export async function textRows(given: readonly string[], { slots }: Pick<Template, 'slots'>): Promise<PromptRow[]> {
  const [slot, ...others] = slots;
  if (slot === undefined) return [{}];
  if (others.length > 0) {
    throw new UsageError({
      message: `The template must have one slot to be filled with texts, got ${slots.map((name) => `{${name}}`).join(', ')}.`,
      hint: 'Give rows with these columns: --file FILE.',
    });
  }
  return (await givenTexts(given)).map((text) => ({ [slot]: text }));
}
