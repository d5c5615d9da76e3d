import { writeFolder } from '@cloze/hub';
import {
  trainByteLevelBpe,
  trainCharacters,
  trainEndOfWordBpe,
  trainUnigram,
  trainWordLevel,
  trainWordPiece,
  type Tokenizer,
} from '@cloze/tokenizer';
import type { Command } from 'commander';
import * as z from 'zod';
import { linesOf, textOfFiles } from '../input-text.ts';
import { choice, readSettings, text, texts, toggle, wholeNumber } from '../settings.ts';
import { formatCount, formatDuration } from '../terminal/format.ts';

const TYPES = ['bpe', 'bpe-end-of-word', 'wordpiece', 'unigram', 'word-level', 'characters'] as const;

const trainSettings = z.object({
  data: texts(),
  out: text(),
  type: choice(TYPES).default('bpe'),
  vocabSize: wholeNumber({ max: 10_000_000 }).default(8192),
  minFrequency: wholeNumber().default(2),
  cased: toggle().default(false),
  specialTokens: texts().optional(),
  json: toggle().default(false),
});

/** `cloze tokenizer train`. */
export async function trainTokenizer(command: Command): Promise<void> {
  const { settings } = await readSettings(command, trainSettings);
  const { data, out, type, json } = settings;
  const started = performance.now();
  const lines: string[] = [];
  for await (const line of linesOf(textOfFiles(data))) lines.push(line);
  const tokenizer = trained(lines, settings);
  await writeFolder(out, [{ name: 'tokenizer.json', chunks: [new TextEncoder().encode(tokenizer.toJson())] }]);
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    json
      ? `${JSON.stringify({ type, vocabSize: tokenizer.vocabSize, out, seconds })}\n`
      : `Trained ${formatCount(tokenizer.vocabSize)} tokens in ${formatDuration(seconds)}: ${out}/tokenizer.json\nNext: echo "Some text" | cloze tokenizer encode --tokenizer ${out}\n`,
  );
}

/** Trains on lines, each a text of its own, as huggingface/tokenizers does. */
function trained(lines: readonly string[], settings: z.output<typeof trainSettings>): Tokenizer {
  const { type, vocabSize, minFrequency, cased, specialTokens } = settings;
  const special = specialTokens === undefined ? {} : { specialTokens };
  switch (type) {
    case 'bpe':
      return trainByteLevelBpe(lines, { vocabSize, minFrequency, ...special });
    case 'bpe-end-of-word':
      return trainEndOfWordBpe(lines, { vocabSize, minFrequency, ...special });
    case 'wordpiece':
      return trainWordPiece(lines, { vocabSize, minFrequency, lowercase: !cased, ...special });
    case 'unigram':
      return trainUnigram(lines, { vocabSize, ...special });
    case 'word-level':
      return trainWordLevel(lines, { vocabSize, minFrequency, ...special });
    case 'characters':
      return trainCharacters(lines, special);
  }
}
