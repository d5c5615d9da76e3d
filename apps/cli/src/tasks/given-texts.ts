import { linesOf, stdinText } from '../input-text.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The texts of a command: its arguments, or else the lines of stdin that are not blank.
 *
 * @throws {UsageError} when there are none.
 */
export async function givenTexts(given: readonly string[]): Promise<readonly string[]> {
  const texts = given.length > 0 ? given : await stdinLines();
  if (texts.length > 0) return texts;
  throw new UsageError({
    message: 'There must be a text, got none.',
    hint: 'Give it as an argument, through a pipe, or with --file.',
  });
}

async function stdinLines(): Promise<string[]> {
  const lines: string[] = [];
  if (process.stdin.isTTY) return lines;
  for await (const line of linesOf(stdinText())) if (line.trim() !== '') lines.push(line);
  return lines;
}
