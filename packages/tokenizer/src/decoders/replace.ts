import { checkGrowth } from '../growth.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Decoder } from './decoder.ts';

/** Replaces every match of a pattern in every token. */
export class ReplaceDecoder implements Decoder {
  readonly pattern: Pattern;
  readonly content: string;

  constructor(pattern: Pattern, content: string) {
    this.pattern = pattern;
    this.content = content;
  }

  decode(tokens: readonly string[]): string[] {
    return tokens.map((token) => {
      let result = '';
      let from = 0;
      this.pattern.forEachMatch(token, (start, end) => {
        result += token.slice(from, start) + this.content;
        from = end;
        checkGrowth('a decoded token', result.length, token.length);
      });
      return result + token.slice(from);
    });
  }

  toJson(): JsonOutput {
    return { type: 'Replace', pattern: this.pattern.toJson(), content: this.content };
  }
}
