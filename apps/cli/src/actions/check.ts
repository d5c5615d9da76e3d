import type { Command } from 'commander';
import * as z from 'zod';
import { checkPath } from '../check-path.ts';
import { prepareTfjs } from '../engines.ts';
import { reportOf, type ErrorReport } from '../error-report.ts';
import { linesOf, stdinText } from '../input-text.ts';
import { writeLine } from '../output-text.ts';
import { readSettings, toggle } from '../settings.ts';
import { styleFor } from '../terminal/style.ts';
import { UsageError } from '../usage-error.ts';

const checkSettings = z.object({ stdinList: toggle().default(false), json: toggle().default(false) });

type Verdict =
  | { readonly path: string; readonly isSound: true; readonly kind: string; readonly summary: string }
  | ({ readonly path: string; readonly isSound: false } & ErrorReport);

/** `cloze check`: one verdict per path. */
export async function check(paths: readonly string[], command: Command): Promise<void> {
  const { settings } = await readSettings(command, checkSettings);
  prepareTfjs();
  if (paths.length === 0 && !settings.stdinList) {
    throw new UsageError({
      message: 'There must be a path to check, got none.',
      hint: 'Name files or folders, or use --stdin-list.',
    });
  }
  const { green, red } = styleFor(process.stdout);
  const isJson = settings.json || settings.stdinList;
  let exitCode = 0;
  for await (const path of settings.stdinList ? linesOf(stdinText()) : paths) {
    const verdict = await verdictOn(path);
    if (!verdict.isSound && exitCode === 0) exitCode = verdict.exitCode;
    await writeLine(
      isJson
        ? JSON.stringify(verdict)
        : verdict.isSound
          ? `${green('sound')}    ${path}: ${verdict.kind}, ${verdict.summary}`
          : `${red('unsound')}  ${path}: ${verdict.message}`,
    );
  }
  process.exitCode = exitCode;
}

async function verdictOn(path: string): Promise<Verdict> {
  try {
    return { path, isSound: true, ...(await checkPath(path)) };
  } catch (error) {
    // The verdict is the result here; the exit status tells it, too.
    return { path, isSound: false, ...reportOf(error) };
  }
}
