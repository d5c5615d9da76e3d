import { WHITE_SPACE } from '../character-set.ts';
import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { mapCharacters } from './map-characters.ts';
import type { Normalizer } from './normalizer.ts';

/** Takes white space off the ends. */
export class StripNormalizer implements Normalizer {
  readonly left: boolean;
  readonly right: boolean;

  constructor({ left = true, right = true }: { left?: boolean; right?: boolean } = {}) {
    this.left = left;
    this.right = right;
  }

  normalize(source: NormalizedString): NormalizedString {
    const { text } = source;
    let start = 0;
    let end = text.length;
    if (this.left) while (start < end && WHITE_SPACE.has(text.charCodeAt(start))) start++;
    if (this.right) while (end > start && WHITE_SPACE.has(text.charCodeAt(end - 1))) end--;
    return source.slice(start, end);
  }

  toJson(): JsonOutput {
    return { type: 'Strip', strip_left: this.left, strip_right: this.right };
  }
}

/** Puts a string in front of every text that is not empty. */
export class PrependNormalizer implements Normalizer {
  readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  normalize(text: NormalizedString): NormalizedString {
    return text.prepend(this.prefix);
  }

  toJson(): JsonOutput {
    return { type: 'Prepend', prepend: this.prefix };
  }
}

/** SentencePiece's cleaning by hand: control characters go, everything that looks like a space becomes one. */
export class NmtNormalizer implements Normalizer {
  normalize(text: NormalizedString): NormalizedString {
    return mapCharacters(text, (codePoint) => {
      if (codePoint >= 0x20 && codePoint < 0x7f) return undefined;
      if (isNmtSpace(codePoint)) return ' ';
      const isControl =
        (codePoint > 0 && codePoint < 0x20) || codePoint === 0x7f || codePoint === 0x8f || codePoint === 0x9f;
      return isControl ? '' : undefined;
    });
  }

  toJson(): JsonOutput {
    return { type: 'Nmt' };
  }
}

const NMT_SPACES: ReadonlySet<number> = new Set([
  0x09, 0x0a, 0x0c, 0x0d, 0x1680, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd,
]);

function isNmtSpace(codePoint: number): boolean {
  return NMT_SPACES.has(codePoint);
}
