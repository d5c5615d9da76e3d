import { Command } from 'commander';
import { examples } from './examples.ts';

/** Flags and help of `cloze prompt`. */
export function promptCommand(): Command {
  return new Command('prompt')
    .summary('ask a model by a template, with or without examples')
    .description(
      'Asks a model without training it. A template has slots, {name}, for the columns of --file and --examples, and a blank, ___, for the answer.\n' +
        'With --labels the model chooses among words for the blank (bert, glm, t5, bart, gpt); without, it writes an answer (gpt, t5, bart).',
    )
    .argument('[texts...]', 'values for the only slot of the template; or lines through a pipe')
    .requiredOption('--model <folder>', 'a model folder, or the folder of a run')
    .option('--adapter <folder>', 'an adapter on the model')
    .requiredOption('--template <template>', 'a text file, or the template itself, where \\n is a line break')
    .option('--file <file>', 'what to ask: lines of text, the slot {text}, or a table or JSON Lines with all slots')
    .option('--answer-column <name>', 'answers in --examples and, if known, in --file (default: answer)')
    .optionsGroup('Few-shot:')
    .option('--examples <file>', 'rows with the slots and the answer, to be shown before each question')
    .option('--shots <count>', 'how many are shown (default: as many as there are and fit)')
    .option('--select <way>', 'first, random, balanced by answer, or nearest by common words (default: first)')
    .option('--description <text>', 'stands before the examples')
    .option('--separator <text>', 'stands after each example and ends an answer (default: \\n\\n)')
    .optionsGroup('Choosing among labels:')
    .option('--labels <labels...>', 'LABEL=WORD,WORD for each label; or a JSON file {"LABEL": ["WORD"]}')
    .option('--calibrate', 'divide by what the words get where the text says nothing')
    .optionsGroup('Writing:')
    .option('--chain-of-thought', 'show the column reasoning before the answer; without examples, ask to think')
    .option('--answer-pattern <regex>', 'its first group is the answer (default: all, or after "The answer is")')
    .option('--samples <count>', 'write so often and take the most frequent answer (default: 1)')
    .option('--temperature <number>', 'of several samples; one is the likeliest (default: 0.7)')
    .option('--max-tokens <count>', 'the longest answer (default: 64)')
    .option('--seed <number>', 'of samples and random examples (default: 1)')
    .optionsGroup('Running:')
    .option('--engine <name>', 'onnxruntime (compiled) or tfjs (plain, slow) (default: onnxruntime)')
    .option('--threads <count>', 'threads of the engine (default: all cores)')
    .option('--json', 'one JSON object per question: prompt, label and probabilities, or answer, votes and samples')
    .addHelpText(
      'after',
      examples(
        [
          'cloze prompt "I slept well." --model bert --template "{text} It was ___." --labels good=great bad=terrible',
          'zero-shot, by the words of a masked language model',
        ],
        [
          "cloze prompt --model gpt2 --template 'Review: {text}\\nMood: ___' --examples train.tsv --answer-column label \\\n" +
            '      --select balanced --labels positive=good negative=bad --calibrate --file dev.tsv',
          'few-shot, with examples and their answers from a table',
        ],
        [
          "cloze prompt --model gpt2 --template 'Q: {question}\\nA: ___' --examples cot.jsonl --chain-of-thought --samples 16 --file q.jsonl",
          'chains of thought, and the answer that most of them come to',
        ],
      ),
    )
    .action(async (texts: string[], _flags, command: Command) => {
      const { prompt } = await import('../actions/prompt.ts');
      await prompt(texts, command);
    });
}
