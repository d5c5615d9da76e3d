import { disposeModule } from '@cloze/core';
import { readText } from '@cloze/datasets';
import { answer as findAnswers, questionAnswering, readTaskData, type Answer, type QuestionRow } from '@cloze/tasks';
import type { Command } from 'commander';
import type * as z from 'zod';
import { createEngine, prepareTfjs } from '../engines.ts';
import { loadModel } from '../load-model.ts';
import { joined, stdinText } from '../input-text.ts';
import { writeLine } from '../output-text.ts';
import { readSettings, text } from '../settings.ts';
import { parseColumns } from '../tasks/columns.ts';
import { fileSettings, useSettings } from '../tasks/use-settings.ts';
import { styleFor } from '../terminal/style.ts';
import { UsageError } from '../usage-error.ts';

/** The settings of `cloze answer`. */
export const answerSettings = useSettings.extend({
  ...fileSettings,
  context: text().optional(),
  contextFile: text().optional(),
});

type AnswerSettings = z.output<typeof answerSettings>;

/** `cloze answer`. */
export async function answer(questions: readonly string[], command: Command): Promise<void> {
  const { settings } = await readSettings(command, answerSettings);
  prepareTfjs();
  const rows = await questionsOf(questions, settings);
  const model = await loadModel(settings);
  const { batchSize, maxLength, threads } = settings;
  const engine = createEngine(settings.engine, { threads });
  const answers = await findAnswers(model, rows, { engine, batchSize, maxLength });
  disposeModule(model.model);
  for (const [index, found] of answers.entries()) {
    const question = rows[index]?.question ?? '';
    await writeLine(settings.json ? JSON.stringify({ question, ...found }) : forPeople(question, found));
  }
}

async function questionsOf(
  questions: readonly string[],
  { file, columns, context, contextFile }: AnswerSettings,
): Promise<readonly Pick<QuestionRow, 'question' | 'context'>[]> {
  if (file !== undefined && questions.length === 0)
    return readTaskData(questionAnswering, file, { ...parseColumns(columns), isLabelled: false });
  if (questions.length === 0 || file !== undefined) {
    throw new UsageError({
      message: 'There must be questions, as arguments or as rows of --file, and not both.',
      hint: 'For example: cloze answer --model FOLDER --context-file text.txt "Who came?"',
    });
  }
  const read = (pieces: AsyncIterable<string>): Promise<string> => joined(pieces);
  const found = context ?? (contextFile === undefined ? await fromStdin(read) : await read(readText(contextFile)));
  if (found.trim() === '') {
    throw new UsageError({
      message: 'There must be a text that holds the answer, got none.',
      hint: 'Give it with --context, --context-file, or through a pipe.',
    });
  }
  return questions.map((question) => ({ question, context: found }));
}

async function fromStdin(read: (pieces: AsyncIterable<string>) => Promise<string>): Promise<string> {
  return process.stdin.isTTY ? '' : read(stdinText());
}

function forPeople(question: string, { candidates }: Answer): string {
  const { bold, dim } = styleFor(process.stdout);
  const lines = candidates.map(({ text: found, probability }, index) => {
    const shown = found === '' ? '(no answer)' : found;
    const share = `${(100 * probability).toFixed(1).padStart(5)} %`;
    return index === 0 ? `  ${share}  ${bold(shown)}` : dim(`  ${share}  ${shown}`);
  });
  return [question, ...lines].join('\n');
}
