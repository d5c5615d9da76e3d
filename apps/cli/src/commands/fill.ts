import { Command } from 'commander';
import { examples } from './examples.ts';

/** Flags and help of `cloze fill`. */
export function fillCommand(): Command {
  return new Command('fill')
    .summary('fill the blanks of a text')
    .description(
      'Fills the blanks of a text, each written as ___. A bert tells likely words for each blank; glm, t5 and bart write as many words as a blank takes.\n' +
        'The text is the argument, or what comes in through a pipe.',
    )
    .argument('[text]', 'a text with blanks: "The ___ of the array."')
    .requiredOption('--model <folder>', 'a model folder, or the folder of a run')
    .option('--adapter <folder>', 'an adapter on the model')
    .option('--top <count>', 'bert: how many candidates are shown for each blank (default: 5)')
    .option('--max-tokens <count>', 'glm, t5, bart: the most tokens that are written (default: 32)')
    .option('--beams <count>', 't5, bart: how many texts beam search follows (default: 4)')
    .option('--engine <name>', 'onnxruntime (compiled) or tfjs (plain, slow) (default: onnxruntime)')
    .option('--threads <count>', 'threads of the engine (default: all cores)')
    .option('--json', 'one JSON object: text, blanks with candidates')
    .addHelpText(
      'after',
      examples(
        ['cloze fill --model runs/bert-tiny "Returns the ___ of the array."', 'words that fit, with probabilities'],
        ['cloze fill --model runs/glm-tiny "The ___ is read-only."', 'a blank may take several words'],
      ),
    )
    .action(async (text: string | undefined, _flags, command: Command) => {
      const { fill } = await import('../actions/fill.ts');
      await fill(text, command);
    });
}
