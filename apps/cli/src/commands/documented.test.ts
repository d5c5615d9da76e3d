import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError, type Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../program.ts';

const root = join(import.meta.dirname, '../../../..');
const inFolder = (folder: string): string[] => readdirSync(join(root, folder)).map((name) => join(folder, name));

/** What people read: the site's pages and all READMEs. */
const pages = [
  'README.md',
  ...['', 'guide', 'lab'].flatMap((folder) => inFolder(join('apps/docs', folder))),
  ...['apps', 'packages'].flatMap(inFolder).map((folder) => join(folder, 'README.md')),
]
  .filter((file) => file.endsWith('.md') && existsSync(join(root, file)))
  .map((file) => ({ file, commands: commandsIn(readFileSync(join(root, file), 'utf8')) }))
  .filter(({ commands }) => commands.length > 0);

/** The calls of `cloze` in the blocks of a page that show a shell. */
function commandsIn(page: string): string[] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block.replaceAll('\\\n', ' '));
  return blocks
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => /(?:^|\| )(?:npx )?cloze(?: (.*))?$/.exec(line)?.[1] ?? []);
}

/** The words of a line of a shell: quotes hold them together; a comment, a pipe or a file to write to ends it. */
function wordsOf(line: string): string[] {
  const [command = ''] = line.split(/ [#|>] /);
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** Reads the words without running anything; throws what is wrong with the command, its flags or its arguments. */
async function read(words: readonly string[]): Promise<void> {
  const program = createProgram();
  for (const command of leavesOf(program))
    command.configureOutput({ writeOut: () => undefined }).action(() => undefined);
  await program
    .configureOutput({ writeOut: () => undefined })
    .parseAsync(words, { from: 'user' })
    .catch((error: unknown) => {
      // Help was asked for.
      if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
    });
}

function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

describe('what pages tell people to type', () => {
  it('is found', () => {
    expect(pages.map(({ file }) => file)).toContain(join('apps', 'docs', 'guide', 'tokenizers.md'));
    expect(commandsIn('```sh\nzcat x | npx cloze a \\\n  --b # c\n```\nas `cloze d`')).toEqual(['a    --b # c']);
    expect(wordsOf(`a "b c" --d 'e' f # g`)).toEqual(['a', 'b c', '--d', 'e', 'f']);
  });

  it.each([
    ['pretran', 'There is no command "pretran"'],
    ['pretrain --step 5', "unknown option '--step'"],
    ['tokenizer train --data book.txt', "required option '--out <folder>' not specified"],
  ])('is refused where it is wrong: %s', async (line, message) => {
    await expect(read(wordsOf(line))).rejects.toThrow(message);
  });

  it.each(pages)('is understood: $file', async ({ commands }) => {
    for (const line of commands) await expect(read(wordsOf(line)), line).resolves.toBeUndefined();
  });
});
