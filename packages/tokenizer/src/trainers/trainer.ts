import { TokenizerError } from '../errors.ts';
import type { Tokenizer } from '../tokenizer.ts';

/** Lines or documents; read once, from front to back, so that a corpus may be larger than memory. */
export type Corpus = Iterable<string>;

/** The same, as it arrives from a file or from the network. Trainers return a promise for it. */
export type AsyncCorpus = AsyncIterable<string>;

/** What a trainer tells its caller. */
export interface TrainingProgress {
  readonly phase: 'count' | 'alphabet' | 'seed' | 'merge' | 'expectation-maximization';
  /** Steps done, of `total` where that is known: texts, then tokens or rounds. */
  readonly done: number;
  readonly total?: number | undefined;
}

/** What every trainer takes. */
export interface TrainerControls {
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Abort stops the training with `CANCELLED`. */
  readonly signal?: AbortSignal;
}

/** Takes the texts of a corpus one by one and keeps only counts. */
export interface TextCounter {
  add(text: string): void;
  /** Counts of what trainers learn from: words or characters. */
  finish(): Map<string, number>;
}

/** How many texts lie between two looks at the signal. */
const TEXTS_PER_REPORT = 1000;

/** Counts a corpus and learns from the counts: at once, or when all of it has arrived. */
export function countThenLearn(
  corpus: Corpus | AsyncCorpus,
  counter: TextCounter,
  { onProgress, signal }: TrainerControls,
  learn: (counts: Map<string, number>) => Tokenizer,
): Tokenizer | Promise<Tokenizer> {
  let numTexts = 0;
  const add = (text: string): void => {
    counter.add(text);
    if (++numTexts % TEXTS_PER_REPORT !== 0) return;
    throwIfAborted(signal);
    onProgress?.({ phase: 'count', done: numTexts });
  };
  const finish = (): Tokenizer => {
    throwIfAborted(signal);
    onProgress?.({ phase: 'count', done: numTexts });
    return learn(counter.finish());
  };
  if (Symbol.asyncIterator in corpus) return addAll(corpus, add).then(finish);
  for (const text of corpus) add(text);
  return finish();
}

async function addAll(corpus: AsyncCorpus, add: (text: string) => void): Promise<void> {
  for await (const text of corpus) add(text);
}

/** @throws {TokenizerError} `CANCELLED` when the signal has been aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new TokenizerError('CANCELLED', 'the training was cancelled', { cause: signal.reason });
}
