import { codePointWidth } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Pattern } from './pattern.ts';

/** A string as it stands. The empty string matches between all characters. */
export class LiteralPattern implements Pattern {
  readonly literal: string;

  constructor(literal: string) {
    this.literal = literal;
  }

  forEachMatch(text: string, found: (start: number, end: number) => void): void {
    const { length } = this.literal;
    if (length === 0) {
      for (let at = 0; at < text.length; at += codePointWidth(text, at)) found(at, at);
      found(text.length, text.length);
      return;
    }
    for (let at = text.indexOf(this.literal); at !== -1; at = text.indexOf(this.literal, at + length)) {
      found(at, at + length);
    }
  }

  toJson(): JsonOutput {
    return { String: this.literal };
  }
}
