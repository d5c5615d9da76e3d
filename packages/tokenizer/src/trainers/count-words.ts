import type { Normalizer } from '../normalizers/normalizer.ts';
import { NormalizedString } from '../normalized-string.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { gpt2WordEnd } from '../pre-tokenizers/gpt2-words.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { UnitBuffer } from '../units.ts';
import { StretchCounts } from './stretch-counts.ts';
import type { TextCounter } from './trainer.ts';

/** The stages that make words of a text. */
export interface WordStages {
  readonly normalizer?: Normalizer | undefined;
  readonly preTokenizer?: PreTokenizer | undefined;
}

/** Counts the words that normalizer and pre-tokenizer make of texts. Only distinct words stay in memory. */
export class WordCounter implements TextCounter {
  readonly #stages: WordStages;
  readonly #units = new UnitBuffer();
  readonly #counts = new StretchCounts();
  /** Set where words are scanned as they stand in the text: whether a space comes first. */
  readonly #scansWithPrefixSpace: boolean | undefined;

  constructor(stages: WordStages) {
    this.#stages = stages;
    const { normalizer, preTokenizer } = stages;
    const isPlainByteLevel =
      normalizer === undefined && preTokenizer instanceof ByteLevelPreTokenizer && preTokenizer.useRegex;
    this.#scansWithPrefixSpace = isPlainByteLevel ? preTokenizer.addPrefixSpace : undefined;
  }

  add(text: string): void {
    if (this.#scansWithPrefixSpace === undefined) this.#countStageWords(text);
    else this.#countScannedWords(text, this.#scansWithPrefixSpace);
  }

  finish(): Map<string, number> {
    const counts = this.#counts.entries();
    return this.#scansWithPrefixSpace === undefined ? new Map(counts) : spelled(counts);
  }

  #countStageWords(line: string): void {
    const { normalizer, preTokenizer } = this.#stages;
    const text = NormalizedString.of(line);
    const normalized = normalizer === undefined ? text : normalizer.normalize(text);
    const words = preTokenizer === undefined ? [normalized] : preTokenizer.split(normalized);
    for (const { text: word } of words) {
      this.#units.fill(word, 0, word.length);
      if (word !== '') this.#counts.add(this.#units.units, 0, word.length);
    }
  }

  /** The words of GPT-2 as they stand in the text; they are spelled as bytes afterwards, each once. */
  #countScannedWords(line: string, addPrefixSpace: boolean): void {
    const text = addPrefixSpace && line !== '' && !line.startsWith(' ') ? ` ${line}` : line;
    this.#units.fill(text, 0, text.length);
    const { units, length } = this.#units;
    for (let start = 0; start < length;) {
      const end = gpt2WordEnd(units, start, length);
      this.#counts.add(units, start, end);
      start = end;
    }
  }
}

function spelled(counts: Iterable<[string, number]>): Map<string, number> {
  const spell = new ByteLevelPreTokenizer({ addPrefixSpace: false, useRegex: false });
  const result = new Map<string, number>();
  for (const [word, times] of counts) {
    for (const { text } of spell.split(NormalizedString.of(word))) result.set(text, (result.get(text) ?? 0) + times);
  }
  return result;
}
