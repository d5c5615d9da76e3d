import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';

/** One pre-tokenizer after the other; each cuts the words of the one before. */
export class SequencePreTokenizer implements PreTokenizer {
  readonly preTokenizers: readonly PreTokenizer[];

  constructor(preTokenizers: readonly PreTokenizer[]) {
    this.preTokenizers = preTokenizers;
  }

  split(text: NormalizedString): NormalizedString[] {
    let words = [text];
    for (const preTokenizer of this.preTokenizers) words = words.flatMap((word) => preTokenizer.split(word));
    return words;
  }

  toJson(): JsonOutput {
    return { type: 'Sequence', pretokenizers: this.preTokenizers.map((preTokenizer) => preTokenizer.toJson()) };
  }
}
