import { CONTROL, WHITE_SPACE } from '../character-set.ts';
import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { lowercase } from './lowercase.ts';
import { mapCharacters } from './map-characters.ts';
import type { Normalizer } from './normalizer.ts';
import { removeNonspacingMarks, toUnicodeForm } from './unicode.ts';

/** Settings of BERT's normalizer; the defaults are those of the uncased models. */
export interface BertNormalizerOptions {
  /** Drop control characters, make all white space a space. Default true. */
  readonly cleanText?: boolean;
  /** Put spaces around CJK ideographs. Default true. */
  readonly handleChineseChars?: boolean;
  /** Default: as `lowercase`. */
  readonly stripAccents?: boolean | undefined;
  /** Default true. */
  readonly lowercase?: boolean;
}

/**
 * BERT's cleaning: control characters, ideographs, accents, case.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers": `BasicTokenizer` of the published code.
 */
export class BertNormalizer implements Normalizer {
  readonly options: BertNormalizerOptions;

  constructor(options: BertNormalizerOptions = {}) {
    this.options = options;
  }

  normalize(text: NormalizedString): NormalizedString {
    const { cleanText = true, handleChineseChars = true, lowercase: lower = true, stripAccents = lower } = this.options;
    let result = text;
    if (cleanText) result = mapCharacters(result, cleaned);
    if (handleChineseChars) result = mapCharacters(result, spaced);
    if (stripAccents) result = removeNonspacingMarks(toUnicodeForm(result, 'NFD'));
    return lower ? lowercase(result) : result;
  }

  toJson(): JsonOutput {
    return {
      type: 'BertNormalizer',
      clean_text: this.options.cleanText ?? true,
      handle_chinese_chars: this.options.handleChineseChars ?? true,
      strip_accents: this.options.stripAccents ?? null,
      lowercase: this.options.lowercase ?? true,
    };
  }
}

function cleaned(codePoint: number): string | undefined {
  if (codePoint >= 0x20 && codePoint < 0x7f) return undefined;
  if (codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0d) return ' ';
  if (CONTROL.has(codePoint)) return '';
  return WHITE_SPACE.has(codePoint) ? ' ' : undefined;
}

function spaced(codePoint: number): string | undefined {
  return codePoint >= 0x3400 && isIdeograph(codePoint) ? ` ${String.fromCodePoint(codePoint)} ` : undefined;
}

/** The blocks of the reference, whose list leaves out U+2B820..U+2B91F. */
export function isIdeograph(codePoint: number): boolean {
  return (
    (codePoint >= 0x4e00 && codePoint <= 0x9fff) ||
    (codePoint >= 0x3400 && codePoint <= 0x4dbf) ||
    (codePoint >= 0x20000 && codePoint <= 0x2a6df) ||
    (codePoint >= 0x2a700 && codePoint <= 0x2b81f) ||
    (codePoint >= 0x2b920 && codePoint <= 0x2ceaf) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0x2f800 && codePoint <= 0x2fa1f)
  );
}
