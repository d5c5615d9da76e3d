import { Command } from 'commander';
import { examples } from './examples.ts';

/** Flags and help of `cloze tokenizer` and its subcommands. */
export function tokenizerCommand(): Command {
  return new Command('tokenizer')
    .summary('train a tokenizer, encode and decode text')
    .description('Trains tokenizers and applies them. Files are in the format of Hugging Face (tokenizer.json).')
    .addCommand(trainCommand())
    .addCommand(encodeCommand())
    .addCommand(decodeCommand());
}

function trainCommand(): Command {
  return new Command('train')
    .summary('make a tokenizer.json from text')
    .description('Trains a tokenizer on text and writes a tokenizer.json.')
    .requiredOption('--out <folder>', 'where tokenizer.json goes')
    .option('--data <files...>', 'text files, UTF-8, each line a text of its own (default: stdin)')
    .option(
      '--type <kind>',
      'bpe (byte-level), bpe-end-of-word, wordpiece, unigram, word-level, characters (default: bpe)',
    )
    .option('--vocab-size <count>', 'size of the vocabulary, special tokens included (default: 8192)')
    .option('--min-frequency <count>', 'pairs and words that occur less often are no tokens (default: 2)')
    .option('--cased', 'wordpiece: keep upper case and accents')
    .option(
      '--special-tokens <tokens...>',
      'tokens that text never splits (default: those that are usual for the type)',
    )
    .option('--json', 'one JSON object at the end')
    .addHelpText(
      'after',
      examples(
        ['cloze tokenizer train --data book.txt --out tokenizers/book', 'byte-level BPE, 8,192 tokens'],
        ['zcat corpus.gz | cloze tokenizer train --out tokenizers/large', 'text of any size, from stdin'],
      ),
    )
    .action(async (_flags, command: Command) => {
      const { trainTokenizer } = await import('../actions/tokenizer-train.ts');
      await trainTokenizer(command);
    });
}

function encodeCommand(): Command {
  return new Command('encode')
    .summary('text to ids, one JSON row per line')
    .description('Reads lines from files or stdin and writes a JSON row for each: ids, tokens, offsets into the line.')
    .argument('[files...]', 'text files (default: stdin)')
    .requiredOption('--tokenizer <folder>', 'a folder with a tokenizer.json, or the file')
    .option(
      '--input-format <format>',
      'text: a text per line; json: a JSON string per line, for texts with line breaks (default: text)',
    )
    .option('--offsets <unit>', 'utf-16, as JavaScript counts, or code-points, as Python counts (default: utf-16)')
    .option('--no-special-tokens', 'leave out the special tokens that the tokenizer adds')
    .option('--json', 'rows are JSON anyway; makes errors JSON, too')
    .addHelpText(
      'after',
      examples([
        'echo "Hello there." | cloze tokenizer encode --tokenizer runs/gpt-nano',
        '{"ids":[...],"tokens":[...],"offsets":[...]}',
      ]),
    )
    .action(async (files: string[], _flags, command: Command) => {
      const { encodeText } = await import('../actions/tokenizer-encode.ts');
      await encodeText(files, command);
    });
}

function decodeCommand(): Command {
  return new Command('decode')
    .summary('ids to text, one text per line')
    .description(
      'Reads rows from files or stdin, a list of ids ([1,2,3]) or an object with "ids", and writes the text of each.',
    )
    .argument('[files...]', 'files with a JSON row per line (default: stdin)')
    .requiredOption('--tokenizer <folder>', 'a folder with a tokenizer.json, or the file')
    .option('--skip-special-tokens', 'leave out special tokens')
    .option('--json', 'write each text as a JSON string, so that line breaks survive')
    .addHelpText('after', examples(['echo "[15496, 612]" | cloze tokenizer decode --tokenizer gpt2', 'Hello there']))
    .action(async (files: string[], _flags, command: Command) => {
      const { decodeIds } = await import('../actions/tokenizer-decode.ts');
      await decodeIds(files, command);
    });
}
