import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.ts';

const FOLDER = fileURLToPath(new URL('../results/', import.meta.url));
const PRETTIER = fileURLToPath(new URL('../../node_modules/prettier/bin/prettier.cjs', import.meta.url));

/** Figures of one run and how they are kept. */
export interface KeptResults {
  /** Everything, as JSON has it. */
  readonly results: { readonly date: string; readonly machine: Machine };
  /** What was measured, where it is not training; part of the file's name. */
  readonly suite?: string;
  /** The file in `results/` with the table. */
  readonly table: string;
  /** The cells of new rows, without date, commit, machine and Node, which come first. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * Keeps figures beside those of earlier commits: all of them as JSON, and rows in a table.
 *
 * @returns the path of the JSON file.
 */
export async function keepResults({ results, suite, table, rows }: KeptResults): Promise<string> {
  const date = results.date.slice(0, 10);
  const file = `${FOLDER}${[date, results.machine.commit, suite].filter(Boolean).join('-')}.json`;
  const markdown = FOLDER + table;
  await writeFile(file, `${JSON.stringify(results, undefined, 2)}\n`);
  const lines = rows.map((cells) => markdownRow(date, results.machine, cells));
  await writeFile(markdown, `${(await readFile(markdown, 'utf8')).trimEnd()}\n${lines.join('\n')}\n`);
  execFileSync(process.execPath, [PRETTIER, '--write', '--log-level=warn', file, markdown]);
  return file;
}

/** A row of a table in `results/`. */
export function markdownRow(
  date: string,
  { commit, processor, numProcessors, node }: Machine,
  cells: readonly string[],
): string {
  return `| ${[date, commit, `${processor}, ${numProcessors} processors`, node, ...cells].join(' | ')} |`;
}
