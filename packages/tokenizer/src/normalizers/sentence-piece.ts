import { toUtf8, utf8Width } from '../byte-characters.ts';
import { codePointWidth, type NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { Charsmap, toBase64 } from './charsmap.ts';
import type { Normalizer } from './normalizer.ts';

/** Settings in the `normalizer_spec` of a SentencePiece model. */
export interface SentencePieceNormalizerOptions {
  /** Rules; without them characters stay as they are. */
  readonly charsmap?: Uint8Array | undefined;
  /** Take spaces off the ends and make several one. Default true. */
  readonly removeExtraWhitespaces?: boolean;
}

/**
 * SentencePiece's own normalization: at each place the longest rule of the charsmap, then single spaces.
 *
 * `tokenizer.json` has no name for it. Written there, it becomes `Precompiled`, `Strip` and `Replace`, as Hugging Face converts such models: the same
 * except for texts in which a rule spans several graphemes or only part of one.
 *
 * @see Kudo and Richardson 2018, "SentencePiece", section 3.2. <https://arxiv.org/abs/1808.06226>
 */
export class SentencePieceNormalizer implements Normalizer {
  readonly options: SentencePieceNormalizerOptions;
  readonly #charsmap: Charsmap | undefined;

  /** @throws {TokenizerError} `TOKENIZER_CHARSMAP`. */
  constructor(options: SentencePieceNormalizerOptions) {
    this.options = options;
    const { charsmap } = options;
    this.#charsmap = charsmap === undefined || charsmap.length === 0 ? undefined : new Charsmap(charsmap);
  }

  normalize(source: NormalizedString): NormalizedString {
    const mapped = this.#charsmap === undefined ? source : applyLongest(source, this.#charsmap);
    return (this.options.removeExtraWhitespaces ?? true) ? withSingleSpaces(mapped) : mapped;
  }

  toJson(): JsonOutput {
    const { charsmap, removeExtraWhitespaces = true } = this.options;
    const normalizers: JsonOutput[] = [];
    if (charsmap !== undefined && charsmap.length > 0) {
      normalizers.push({ type: 'Precompiled', precompiled_charsmap: toBase64(charsmap) });
    }
    if (removeExtraWhitespaces) {
      normalizers.push({ type: 'Strip', strip_left: true, strip_right: true });
      normalizers.push({ type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' });
    }
    return { type: 'Sequence', normalizers };
  }
}

function applyLongest(source: NormalizedString, charsmap: Charsmap): NormalizedString {
  const { text } = source;
  const bytes = toUtf8(text);
  return source.rewrite((builder) => {
    let byte = 0;
    for (let start = 0; start < text.length;) {
      const rule = charsmap.find(bytes, byte, bytes.length, true);
      const length = rule?.length ?? utf8Width(text.codePointAt(start) ?? 0);
      let end = start;
      for (const goal = byte + length; byte < goal && end < text.length; end += codePointWidth(text, end)) {
        byte += utf8Width(text.codePointAt(end) ?? 0);
      }
      if (rule === undefined) builder.keep(start, end);
      else builder.push(rule.replacement, start, end);
      start = end;
    }
  });
}

function withSingleSpaces(source: NormalizedString): NormalizedString {
  const { text } = source;
  if (!/^ | {2}| $/.test(text)) return source;
  return source.rewrite((builder) => {
    let isFirst = true;
    for (const { 0: word, index } of text.matchAll(/[^ ]+/g)) {
      if (!isFirst) builder.keep(index - 1, index);
      builder.keep(index, index + word.length);
      isFirst = false;
    }
  });
}
