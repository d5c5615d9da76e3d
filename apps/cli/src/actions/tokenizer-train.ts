import { writeFolder } from '@cloze/hub';
import {
  trainByteLevelBpe,
  trainCharacters,
  trainEndOfWordBpe,
  trainUnigram,
  trainWordLevel,
  trainWordPiece,
  type AsyncCorpus,
  type Tokenizer,
  type TrainingProgress,
} from '@cloze/tokenizer';
import type { Command } from 'commander';
import * as z from 'zod';
import { linesOf, textOfFiles } from '../input-text.ts';
import { choice, readSettings, text, texts, toggle, wholeNumber } from '../settings.ts';
import { formatCount, formatDuration } from '../terminal/format.ts';

const TYPES = ['bpe', 'bpe-end-of-word', 'wordpiece', 'unigram', 'word-level', 'characters'] as const;

const trainSettings = z.object({
  data: texts().default([]),
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
  // Line by line, so that the text may be larger than the memory.
  const tokenizer = await trained(linesOf(textOfFiles(data)), settings);
  clearProgress();
  await writeFolder(out, [{ name: 'tokenizer.json', chunks: [new TextEncoder().encode(tokenizer.toJson())] }]);
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    json
      ? `${JSON.stringify({ type, vocabSize: tokenizer.vocabSize, out, seconds })}\n`
      : `Trained ${formatCount(tokenizer.vocabSize)} tokens in ${formatDuration(seconds)}: ${out}/tokenizer.json\nNext: echo "Some text" | cloze tokenizer encode --tokenizer ${out}\n`,
  );
}

/** Trains on lines, each a text of its own, as huggingface/tokenizers does. */
function trained(lines: AsyncCorpus, settings: z.output<typeof trainSettings>): Promise<Tokenizer> {
  const { type, vocabSize, minFrequency, cased, specialTokens } = settings;
  const options = { onProgress: showProgress, ...(specialTokens === undefined ? {} : { specialTokens }) };
  switch (type) {
    case 'bpe':
      return trainByteLevelBpe(lines, { vocabSize, minFrequency, ...options });
    case 'bpe-end-of-word':
      return trainEndOfWordBpe(lines, { vocabSize, minFrequency, ...options });
    case 'wordpiece':
      return trainWordPiece(lines, { vocabSize, minFrequency, lowercase: !cased, ...options });
    case 'unigram':
      return trainUnigram(lines, { vocabSize, ...options });
    case 'word-level':
      return trainWordLevel(lines, { vocabSize, minFrequency, ...options });
    case 'characters':
      return trainCharacters(lines, options);
  }
}

const PHASES: Record<TrainingProgress['phase'], string> = {
  count: 'Counting lines',
  alphabet: 'Collecting characters',
  seed: 'Collecting pieces',
  merge: 'Merging',
  'expectation-maximization': 'Estimating, round',
};

/** One line on a terminal, written over. */
function showProgress({ phase, done, total }: TrainingProgress): void {
  if (!process.stderr.isTTY) return;
  const count = done === 0 ? '' : ` ${formatCount(done)}${total === undefined ? '' : ` of ${formatCount(total)}`}`;
  process.stderr.write(`\r\u001b[K${PHASES[phase]}${count} ...`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
