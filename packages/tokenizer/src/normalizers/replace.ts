import { codePointWidth, type NormalizedString } from '../normalized-string.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Normalizer } from './normalizer.ts';

/** Replaces every match of a pattern; the replacement is aligned to the last character of the match. */
export class ReplaceNormalizer implements Normalizer {
  readonly pattern: Pattern;
  readonly content: string;

  constructor(pattern: Pattern, content: string) {
    this.pattern = pattern;
    this.content = content;
  }

  normalize(source: NormalizedString): NormalizedString {
    const matches: [number, number][] = [];
    this.pattern.forEachMatch(source.text, (start, end) => matches.push([start, end]));
    if (matches.length === 0 || source.text === '') return source;
    return source.rewrite((builder) => {
      let from = 0;
      for (const [start, end] of matches) {
        builder.keep(from, start);
        builder.push(this.content, lastCharacterStart(source.text, end), end);
        from = end;
      }
      builder.keep(from, source.text.length);
    });
  }

  toJson(): JsonOutput {
    return { type: 'Replace', pattern: this.pattern.toJson(), content: this.content };
  }
}

function lastCharacterStart(text: string, end: number): number {
  return end >= 2 && codePointWidth(text, end - 2) === 2 ? end - 2 : Math.max(0, end - 1);
}
