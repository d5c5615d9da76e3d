import { WHITE_SPACE, WORD } from '../character-set.ts';
import { codePointWidth, type NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { cutAtCharacters } from './cut.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';

/** Runs of word characters and runs of other characters; white space is left out: `\w+|[^\w\s]+`. */
export class WhitespacePreTokenizer implements PreTokenizer {
  split(text: NormalizedString): NormalizedString[] {
    const source = text.text;
    const words: NormalizedString[] = [];
    let from = 0;
    let kind = 0;
    for (let at = 0; at <= source.length;) {
      const here = at < source.length ? kindOf(source.codePointAt(at) ?? 0) : 0;
      if (here !== kind) {
        if (kind !== 0) words.push(text.slice(from, at));
        from = at;
        kind = here;
      }
      at += at < source.length ? codePointWidth(source, at) : 1;
    }
    return words;
  }

  toJson(): JsonOutput {
    return { type: 'Whitespace' };
  }
}

/** 0 = white space, 1 = word, 2 = other. */
function kindOf(codePoint: number): number {
  if (WORD.has(codePoint)) return 1;
  return WHITE_SPACE.has(codePoint) ? 0 : 2;
}

/** Words between white space. */
export class WhitespaceSplitPreTokenizer implements PreTokenizer {
  split(text: NormalizedString): NormalizedString[] {
    return cutAtCharacters(text, (codePoint) => WHITE_SPACE.has(codePoint), 'Removed');
  }

  toJson(): JsonOutput {
    return { type: 'WhitespaceSplit' };
  }
}

/** Words between one chosen character. */
export class CharDelimiterPreTokenizer implements PreTokenizer {
  readonly delimiter: string;

  constructor(delimiter: string) {
    this.delimiter = delimiter;
  }

  split(text: NormalizedString): NormalizedString[] {
    const separator = this.delimiter.codePointAt(0);
    return cutAtCharacters(text, (codePoint) => codePoint === separator, 'Removed');
  }

  toJson(): JsonOutput {
    return { type: 'CharDelimiterSplit', delimiter: this.delimiter };
  }
}
