import { Command } from 'commander';
import { examples } from './examples.ts';
import { withUseOptions } from './use-options.ts';

/** Flags and help of `cloze answer`. */
export function answerCommand(): Command {
  const command = new Command('answer')
    .summary('find the answer to a question in a text')
    .description('Finds the piece of a text of any length that answers a question, or says that there is none.')
    .argument('[questions...]', 'questions, each in quotes')
    .option('--context <text>', 'the text that holds the answer (default: what comes in through a pipe)')
    .option('--context-file <file>', 'a file with that text')
    .option('--file <file>', 'questions with their texts: a table or JSON Lines with the columns question and context')
    .option('--columns <names>', 'the columns of a table whose first line names none, as question,context');
  return withUseOptions(command, { json: 'one JSON object per question: text, start, end, probability, candidates' })
    .addHelpText(
      'after',
      examples(
        ['cloze answer --model runs/squad --context-file report.txt "Who wrote it?"', 'with the next best answers'],
        ['cat report.txt | cloze answer --model runs/squad "When?" --json', 'for other programs'],
      ),
    )
    .action(async (questions: string[], _flags, self: Command) => {
      const { answer } = await import('../actions/answer.ts');
      await answer(questions, self);
    });
}
