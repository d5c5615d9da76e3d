import { PUNCTUATION, WHITE_SPACE } from '../character-set.ts';
import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { cutAtCharacters } from './cut.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';

/** Words between white space; every punctuation character is a word of its own. */
export class BertPreTokenizer implements PreTokenizer {
  split(text: NormalizedString): NormalizedString[] {
    return cutAtCharacters(text, (codePoint) => WHITE_SPACE.has(codePoint), 'Removed').flatMap((word) =>
      cutAtCharacters(word, (codePoint) => PUNCTUATION.has(codePoint), 'Isolated'),
    );
  }

  toJson(): JsonOutput {
    return { type: 'BertPreTokenizer' };
  }
}
