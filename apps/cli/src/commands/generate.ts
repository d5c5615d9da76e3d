import { Command } from 'commander';
import { examples } from './examples.ts';

/** Flags and help of `cloze generate`. */
export function generateCommand(): Command {
  return new Command('generate')
    .summary('write text with a model')
    .description('Continues a text. The prompt is the argument, a file (--file), or what comes in through a pipe.')
    .argument('[prompt]', 'the text to continue')
    .requiredOption('--model <folder>', 'a model folder, or the folder of a run')
    .option('--adapter <folder>', 'an adapter on the model')
    .option('--file <file>', 'read the prompt from a text file')
    .option('--max-tokens <count>', 'stop after so many tokens (default: 200)')
    .option(
      '--temperature <number>',
      'below 1 is more careful, above 1 bolder; 0 = always the likeliest token (default: 0.8)',
    )
    .option('--top-k <count>', 'choose among the k likeliest tokens only; 0 = all (default: 0)')
    .option('--top-p <share>', 'choose among the likeliest tokens that make up this share (default: 1)')
    .option('--repetition-penalty <number>', 'above 1 discourages tokens that are there already (default: 1)')
    .option('--stop <texts...>', 'stop before any of these texts')
    .option('--seed <number>', 'another seed, another text (default: 1)')
    .option('--engine <name>', 'onnxruntime (compiled) or tfjs (plain, slow) (default: onnxruntime)')
    .option('--threads <count>', 'threads of the engine (default: all cores)')
    .option('--json', 'one JSON object at the end: prompt, text, ids, finishReason')
    .addHelpText(
      'after',
      examples(
        ['cloze generate --model runs/gpt-nano "Returns the"', 'continue a text'],
        ['cloze generate --model runs/book --temperature 0 < start.txt', 'the likeliest continuation of a file'],
        ['cloze generate --model runs/book "Chapter 1" --seed 7 --max-tokens 500', 'another, longer text'],
      ),
    )
    .action(async (prompt: string | undefined, _flags, command: Command) => {
      const { generate } = await import('../actions/generate.ts');
      await generate(prompt, command);
    });
}
