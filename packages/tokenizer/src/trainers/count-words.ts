import type { Normalizer } from '../normalizers/normalizer.ts';
import { NormalizedString } from '../normalized-string.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { type Corpus, throwIfAborted, type TrainerControls } from './trainer.ts';

/** How many texts lie between two looks at the signal. */
const TEXTS_PER_REPORT = 1000;

/** Counts the words that normalizer and pre-tokenizer make of a corpus. Only distinct words stay in memory. */
export function countWords(
  corpus: Corpus,
  {
    normalizer,
    preTokenizer,
  }: { readonly normalizer?: Normalizer | undefined; readonly preTokenizer?: PreTokenizer | undefined },
  { onProgress, signal }: TrainerControls,
): Map<string, number> {
  const counts = new Map<string, number>();
  let numTexts = 0;
  for (const line of corpus) {
    const text = NormalizedString.of(line);
    const normalized = normalizer === undefined ? text : normalizer.normalize(text);
    const words = preTokenizer === undefined ? [normalized] : preTokenizer.split(normalized);
    for (const { text: word } of words) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
    if (++numTexts % TEXTS_PER_REPORT === 0) {
      throwIfAborted(signal);
      onProgress?.({ phase: 'count', done: numTexts });
    }
  }
  throwIfAborted(signal);
  onProgress?.({ phase: 'count', done: numTexts });
  return counts;
}
