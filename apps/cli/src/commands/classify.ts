import { Command } from 'commander';
import { examples } from './examples.ts';
import { withUseOptions } from './use-options.ts';

/** Flags and help of `cloze classify`. */
export function classifyCommand(): Command {
  const command = new Command('classify')
    .summary('say which class a text belongs to')
    .description(
      'Says what a fine-tuned model thinks of texts: a class with its probability, a number (regression), or a tag for each word (tagging).\n' +
        'Texts are the arguments, the lines of --file, or the lines that come in through a pipe.',
    )
    .argument('[texts...]', 'texts, each in quotes')
    .option('--pair <text>', 'the second text, for models of pairs')
    .option('--file <file>', 'lines of text, or a table with the columns text (and pair)')
    .option('--columns <names>', 'the columns of a table whose first line names none, as text,pair');
  return withUseOptions(command, { json: 'one JSON object per text: text, label, probabilities' })
    .addHelpText(
      'after',
      examples(
        ['cloze classify --model runs/mood "a joy to watch" "far too long"', 'two texts'],
        [
          'cloze classify --model runs/bert-tiny --adapter runs/mood --file reviews.txt',
          'with an adapter, line by line',
        ],
        ['cat reviews.txt | cloze classify --model runs/mood --json', 'for other programs'],
      ),
    )
    .action(async (texts: string[], _flags, self: Command) => {
      const { classify } = await import('../actions/classify.ts');
      await classify(texts, self);
    });
}
