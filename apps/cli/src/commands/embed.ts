import { Command } from 'commander';
import { examples } from './examples.ts';
import { withUseOptions } from './use-options.ts';

/** Flags and help of `cloze embed`. */
export function embedCommand(): Command {
  const command = new Command('embed')
    .summary('turn texts into vectors')
    .description(
      'Turns texts into vectors, the pooled last hidden states of any model. Shows how similar the texts are (cosine); --json has the numbers.\n' +
        'Texts are the arguments, the lines of --file, or the lines that come in through a pipe.',
    )
    .argument('[texts...]', 'texts, each in quotes')
    .option('--file <file>', 'lines of text, or a table with the column text')
    .option('--pooling <name>', 'mean of all tokens, first token, or last token (default: mean)');
  return withUseOptions(command, { json: 'one JSON object per text: text, embedding' })
    .addHelpText(
      'after',
      examples(
        ['cloze embed --model runs/bert-tiny "a cat" "a dog" "an array"', 'which of them are alike'],
        ['cloze embed --model runs/bert-tiny --file texts.txt --json > vectors.jsonl', 'for other programs'],
      ),
    )
    .action(async (texts: string[], _flags, self: Command) => {
      const { embed } = await import('../actions/embed.ts');
      await embed(texts, self);
    });
}
