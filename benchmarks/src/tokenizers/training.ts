import { readFile, writeFile } from 'node:fs/promises';
import { assert, ClozeError } from '@cloze/core';
import {
  Bpe,
  ByteLevelPreTokenizer,
  MetaspacePreTokenizer,
  Tokenizer,
  trainByteLevelBpe,
  trainUnigram,
  trainWordPiece,
  Unigram,
  UnicodeNormalizer,
  Vocabulary,
} from '@cloze/tokenizer';
import { gpt2Tokenizer } from './gpt2-tokenizer.ts';
import type { TokenizerBenchmark, TokenizerEngine } from './tokenizer-benchmarks.ts';

type Kind = TokenizerBenchmark['kind'];

/** Every so many documents are enough to train a tokenizer to encode with. */
const SAMPLE_STRIDE = 4;
const UNIGRAM_SAMPLE_LINES = 20_000;

/** The tokenizer that the engines encode with: GPT-2's, or one that ours trains. */
export function tokenizerToEncodeWith(kind: Kind, texts: readonly string[]): Tokenizer {
  if (kind === 'bpe') return gpt2Tokenizer();
  const lines = texts.filter((_, index) => index % SAMPLE_STRIDE === 0).flatMap((text) => text.split('\n'));
  if (kind === 'wordpiece') return trainWordPiece(lines, { vocabSize: 30_000 });
  const tokenizer = trainUnigram(lines.slice(0, UNIGRAM_SAMPLE_LINES), { vocabSize: 8000 });
  if (!(tokenizer.model instanceof Unigram)) throw notUnigram();
  const { pieces, unknownId } = tokenizer.model;
  // The reference's reader may miss the last bit of a long number, and with it decide ties otherwise.
  const short = pieces.map(([piece, score]) => [piece, Number(score.toFixed(6))] as const);
  return tokenizer.with({ model: new Unigram({ pieces: short, unknownId }) });
}

/** A training that is ready to run. */
export interface Training {
  run(): void;
  save(file: string): Promise<void>;
}

/** The settings are those that the Rust binding uses when it is told nothing. */
const BPE = { vocabSize: 30_000, minFrequency: 0, specialTokens: [] };
const UNIGRAM = { vocabSize: 8000, specialTokens: ['<unk>'] };

/** @param text The file to train on; a text is a line of it with its end, as the reference reads files. */
export async function trainWith(
  engine: TokenizerEngine,
  { kind, text }: { readonly kind: Kind; readonly text: string },
): Promise<Training> {
  assert(kind !== 'wordpiece', 'trainWith: WordPiece is not measured.');
  if (engine === 'rust') return rust(kind, text);
  const lines = (await readFile(text, 'utf8')).split(/(?<=\n)/);
  let trained: Tokenizer | undefined;
  return {
    run: () => {
      trained =
        kind === 'bpe'
          ? trainByteLevelBpe(lines, BPE)
          : trainUnigram(lines, { ...UNIGRAM, normalizer: new UnicodeNormalizer('NFKC') });
    },
    save: (file) => writeFile(file, trained?.toJson() ?? ''),
  };
}

async function rust(kind: Kind, text: string): Promise<Training> {
  process.env['RAYON_NUM_THREADS'] = '1';
  const { default: library } = await import('tokenizers');
  const tokenizer = library.Tokenizer.fromString(untrained(kind).toJson());
  return {
    run: () => {
      tokenizer.train([text]);
    },
    save: (file) => {
      tokenizer.save(file);
      return Promise.resolve();
    },
  };
}

function untrained(kind: Kind): Tokenizer {
  return kind === 'bpe'
    ? new Tokenizer({
        preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: false }),
        model: new Bpe({ vocabulary: Vocabulary.fromTokens([]), merges: [] }),
      })
    : new Tokenizer({
        normalizer: new UnicodeNormalizer('NFKC'),
        preTokenizer: new MetaspacePreTokenizer(),
        model: new Unigram({ pieces: [] }),
      });
}

/** How alike two trained tokenizers are. */
export interface Likeness {
  /** Merges with which both begin, and how many the shorter list has. */
  readonly equalMerges?: number;
  readonly numMerges?: number;
  /** The log likelihood of a text by the best segmentation: ours over theirs. Above 1 is worse. */
  readonly likelihoodRatio?: number;
}

/** Compares what ours and another engine have learned from a text. */
export async function compareTrained(ours: string, theirs: string, text: string): Promise<Likeness> {
  const [a, b] = [Tokenizer.fromJson(await readFile(ours)), Tokenizer.fromJson(await readFile(theirs))];
  if (a.model instanceof Bpe && b.model instanceof Bpe) {
    const [mine, others] = [a.model.merges, b.model.merges];
    const numMerges = Math.min(mine.length, others.length);
    const differs = mine.findIndex((merge, rank) => merge.join(' ') !== others[rank]?.join(' '));
    return { equalMerges: differs === -1 ? numMerges : Math.min(differs, numMerges), numMerges };
  }
  const lines = (await readFile(text, 'utf8')).split(/(?<=\n)/);
  return { likelihoodRatio: logLikelihood(a, lines) / logLikelihood(b, lines) };
}

function logLikelihood({ normalizer, preTokenizer, model }: Tokenizer, lines: readonly string[]): number {
  if (!(model instanceof Unigram)) throw notUnigram();
  const { scores } = model;
  const plain = new Tokenizer({ normalizer, preTokenizer, model });
  let sum = 0;
  for (const line of lines) for (const id of plain.encodeToIds(line)) sum += scores[id] ?? 0;
  return sum;
}

function notUnigram(): ClozeError {
  return new ClozeError('INTERNAL', { message: 'A Unigram model must have been trained.', hint: 'Run it again.' });
}
