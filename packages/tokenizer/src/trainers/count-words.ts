import type { Normalizer } from '../normalizers/normalizer.ts';
import { NormalizedString } from '../normalized-string.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { gpt2WordEnd } from '../pre-tokenizers/gpt2-words.ts';
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
  const isPlainByteLevel =
    normalizer === undefined && preTokenizer instanceof ByteLevelPreTokenizer && preTokenizer.useRegex;
  const counts = new Map<string, number>();
  let numTexts = 0;
  for (const line of corpus) {
    if (isPlainByteLevel) countScannedWords(line, preTokenizer.addPrefixSpace, counts);
    else countStageWords(line, normalizer, preTokenizer, counts);
    if (++numTexts % TEXTS_PER_REPORT === 0) {
      throwIfAborted(signal);
      onProgress?.({ phase: 'count', done: numTexts });
    }
  }
  throwIfAborted(signal);
  onProgress?.({ phase: 'count', done: numTexts });
  return isPlainByteLevel ? spelled(counts) : counts;
}

function countStageWords(
  line: string,
  normalizer: Normalizer | undefined,
  preTokenizer: PreTokenizer | undefined,
  counts: Map<string, number>,
): void {
  const text = NormalizedString.of(line);
  const normalized = normalizer === undefined ? text : normalizer.normalize(text);
  const words = preTokenizer === undefined ? [normalized] : preTokenizer.split(normalized);
  for (const { text: word } of words) if (word !== '') count(word, counts);
}

/** The words of GPT-2 as they stand in the text; they are spelled as bytes afterwards, each once. */
function countScannedWords(line: string, addPrefixSpace: boolean, counts: Map<string, number>): void {
  const text = addPrefixSpace && line !== '' && !line.startsWith(' ') ? ` ${line}` : line;
  for (let start = 0; start < text.length;) {
    const end = gpt2WordEnd(text, start, text.length);
    count(text.slice(start, end), counts);
    start = end;
  }
}

function count(word: string, counts: Map<string, number>): void {
  const known = counts.get(word);
  if (known !== undefined) counts.set(word, known + 1);
  // A slice would keep its whole text in memory; joining copies.
  else counts.set([word.slice(0, 1), word.slice(1)].join(''), 1);
}

function spelled(counts: ReadonlyMap<string, number>): Map<string, number> {
  const spell = new ByteLevelPreTokenizer({ addPrefixSpace: false, useRegex: false });
  const result = new Map<string, number>();
  for (const [word, times] of counts) {
    for (const { text } of spell.split(NormalizedString.of(word))) result.set(text, (result.get(text) ?? 0) + times);
  }
  return result;
}
