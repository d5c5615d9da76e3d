import { NUMERIC, PUNCTUATION } from '../character-set.ts';
import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { cutAtCharacters } from './cut.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import type { SplitBehavior } from './split.ts';

/** Cuts at punctuation. */
export class PunctuationPreTokenizer implements PreTokenizer {
  readonly behavior: SplitBehavior;

  constructor(behavior: SplitBehavior = 'Isolated') {
    this.behavior = behavior;
  }

  split(text: NormalizedString): NormalizedString[] {
    return cutAtCharacters(text, (codePoint) => PUNCTUATION.has(codePoint), this.behavior);
  }

  toJson(): JsonOutput {
    return { type: 'Punctuation', behavior: this.behavior };
  }
}

/** Makes numbers words: whole ones, or every digit by itself. */
export class DigitsPreTokenizer implements PreTokenizer {
  readonly individualDigits: boolean;

  constructor({ individualDigits = false }: { individualDigits?: boolean } = {}) {
    this.individualDigits = individualDigits;
  }

  split(text: NormalizedString): NormalizedString[] {
    return cutAtCharacters(
      text,
      (codePoint) => NUMERIC.has(codePoint),
      this.individualDigits ? 'Isolated' : 'Contiguous',
    );
  }

  toJson(): JsonOutput {
    return { type: 'Digits', individual_digits: this.individualDigits };
  }
}
