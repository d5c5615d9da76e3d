import { MARK, NONSPACING_MARK } from '../character-set.ts';
import type { AlignedTextBuilder, NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { type Change, writeChanges } from './changes.ts';
import { mapCharacters } from './map-characters.ts';
import type { Normalizer } from './normalizer.ts';
import { untouchedRanges } from '../reference-unicode.ts';
import { toForm, type UnicodeForm } from './unicode-forms.ts';

/** NFC, NFD, NFKC or NFKD, with alignment. */
export class UnicodeNormalizer implements Normalizer {
  readonly form: UnicodeForm;

  constructor(form: UnicodeForm) {
    this.form = form;
  }

  normalize(text: NormalizedString): NormalizedString {
    return toUnicodeForm(text, this.form);
  }

  toJson(): JsonOutput {
    return { type: this.form };
  }
}

/** Takes out every mark (category M); decomposed characters lose their accents. */
export class StripAccentsNormalizer implements Normalizer {
  normalize(text: NormalizedString): NormalizedString {
    return mapCharacters(text, (codePoint) => (codePoint >= 0x300 && MARK.has(codePoint) ? '' : undefined));
  }

  toJson(): JsonOutput {
    return { type: 'StripAccents' };
  }
}

/** Without the category Mn. */
export function removeNonspacingMarks(text: NormalizedString): NormalizedString {
  return mapCharacters(text, (codePoint) => (codePoint >= 0x300 && NONSPACING_MARK.has(codePoint) ? '' : undefined));
}

/** Stretches in which normalization can move or join characters: no ASCII, except that a mark may follow one. */
const STRETCHES = {
  NFC: stretchPattern('NFC'),
  NFD: stretchPattern('NFD'),
  NFKC: stretchPattern('NFKC'),
  NFKD: stretchPattern('NFKD'),
};

function stretchPattern(form: UnicodeForm): RegExp {
  const ranges = untouchedRanges(form).map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`);
  return new RegExp(`[\\0-\\x7f]?[^\\0-\\x7f${ranges.join('')}]+`, 'gu');
}

/** `source` in a Unicode normalization form. Each character is aligned to the one it came from; a composed one to its first part. */
export function toUnicodeForm(source: NormalizedString, form: UnicodeForm): NormalizedString {
  const { text } = source;
  // eslint-disable-next-line no-control-regex -- ASCII is in every form
  if (/^[\x00-\x7f]*$/.test(text) || toForm(text, form) === text) return source;
  return source.rewrite((builder) => {
    let from = 0;
    for (const { 0: stretch, index } of text.matchAll(STRETCHES[form])) {
      builder.keep(from, index);
      from = index + stretch.length;
      if (toForm(stretch, form) === stretch) builder.keep(index, from);
      else writeStretch(builder, stretch, index, form);
    }
    builder.keep(from, text.length);
  });
}

function writeStretch(builder: AlignedTextBuilder, stretch: string, offset: number, form: UnicodeForm): void {
  const decomposed = decompose(stretch, form === 'NFC' || form === 'NFD' ? 'NFD' : 'NFKD');
  const changes = form === 'NFD' || form === 'NFKD' ? decomposed : compose(decomposed, toForm(stretch, form));
  writeChanges(builder, stretch, offset, changes);
}

function decompose(stretch: string, form: 'NFD' | 'NFKD'): Change[] {
  const parts: Change[] = [];
  for (const character of stretch) {
    let change = 0;
    for (const part of character.normalize(form)) {
      parts.push({ character: part, change });
      change = 1;
    }
  }
  const target = toForm(stretch, form);
  if (parts.map((part) => part.character).join('') === target) return parts;
  // Marks have changed places; each takes its count along.
  const waiting = new Map<string, Change[]>();
  for (const part of parts.reverse()) {
    const same = waiting.get(part.character);
    if (same === undefined) waiting.set(part.character, [part]);
    else same.push(part);
  }
  return Array.from(target, (character) => waiting.get(character)?.pop() ?? { character, change: 0 });
}

/** Which of the decomposed characters each composed one took. */
function compose(decomposed: readonly Change[], target: string): Change[] {
  const isTaken = new Uint8Array(decomposed.length);
  let first = 0;
  return Array.from(target, (character) => {
    let change = 1;
    while (isTaken[first] === 1) first++;
    let at = first;
    for (const part of character.normalize('NFD')) {
      while (at < decomposed.length && (isTaken[at] === 1 || decomposed[at]?.character !== part)) at++;
      change += (decomposed[at]?.change ?? 0) - 1;
      isTaken[at++] = 1;
    }
    return { character, change };
  });
}
