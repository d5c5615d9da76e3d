import { Command } from 'commander';
import { examples } from './examples.ts';

/** Flags and help of `cloze lab`. */
export function labCommand(): Command {
  return new Command('lab')
    .summary('repeat an experiment of the lab')
    .description(
      'Repeats an experiment of "Pre-trained language models, run": trains small models, measures them with at least three seeds, and says which claims the\n' +
        'numbers support. Writes a table, plots (SVG) and all numbers (JSON). Without a name: which experiments there are.',
    )
    .argument('[name]', 'the experiment, or "all"')
    .option('--quick', 'only seconds of tiny models: to see that it works')
    .option('--out <folder>', 'where results are written, a folder for each experiment (default: runs/lab)')
    .option('--engine <name>', 'onnxruntime (compiled) or tfjs (plain, slow) (default: onnxruntime)')
    .option('--threads <count>', 'threads of the engine (default: all cores)')
    .option('--json', 'one JSON object per experiment')
    .addHelpText(
      'after',
      examples(
        ['cloze lab', 'all experiments with their questions'],
        ['cloze lab warm-start', 'table, plots and verdicts, in minutes'],
        ['cloze lab all --quick', 'everything once, with numbers that mean nothing'],
      ),
    )
    .action(async (name: string | undefined, _flags, command: Command) => {
      const { lab } = await import('../actions/lab.ts');
      await lab(name, command);
    });
}
