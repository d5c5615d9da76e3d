import { Command } from 'commander';
import { examples } from './examples.ts';
import { withUseOptions } from './use-options.ts';

/** Flags and help of `cloze evaluate`. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .summary('measure a model on labelled data')
    .description(
      'Measures how well a model does its task on a data file, with 95 % intervals: accuracy and F1 of classes, correlations, F1 of entities and answers,\n' +
        'BLEU and ROUGE of texts, perplexity of a language model.',
    )
    .requiredOption('--data <file>', 'TSV, CSV, JSON Lines or Parquet with the columns of the task')
    .option('--task <name>', 'see cloze finetune --help (default: what the model was fine-tuned for)')
    .option('--columns <names>', 'the columns of a table whose first line names none, as text,label')
    .option('--seed <number>', 'of the bootstrap (default: 1)');
  return withUseOptions(command, { json: 'one JSON object: task, metrics with intervals' })
    .addHelpText(
      'after',
      examples(
        ['cloze evaluate --model runs/mood --data dev.tsv --columns text,label', 'a classifier'],
        ['cloze evaluate --model runs/gpt-nano --data book.txt', 'the perplexity of a language model, line by line'],
      ),
    )
    .action(async (_flags, self: Command) => {
      const { evaluate } = await import('../actions/evaluate.ts');
      await evaluate(self);
    });
}
