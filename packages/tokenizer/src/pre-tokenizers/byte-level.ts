import { BYTE_CHARACTERS, writeUtf8 } from '../byte-characters.ts';
import { codePointWidth, type NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { toUnits } from '../units.ts';
import { gpt2WordEnd } from './gpt2-words.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';

/** Settings of the byte-level pre-tokenizer. */
export interface ByteLevelOptions {
  /** Put a space before a text that does not begin with one. Default true. */
  readonly addPrefixSpace?: boolean;
  /** Kept for the file; the post-processor of the same name uses it. Default true. */
  readonly trimOffsets?: boolean;
  /** Cut into GPT-2's words first. Default true; false where a `Split` before this stage does it. */
  readonly useRegex?: boolean;
}

/**
 * Cuts into GPT-2's words and spells every UTF-8 byte as one printable character.
 *
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2.
 */
export class ByteLevelPreTokenizer implements PreTokenizer {
  readonly addPrefixSpace: boolean;
  readonly trimOffsets: boolean;
  readonly useRegex: boolean;

  constructor({ addPrefixSpace = true, trimOffsets = true, useRegex = true }: ByteLevelOptions = {}) {
    this.addPrefixSpace = addPrefixSpace;
    this.trimOffsets = trimOffsets;
    this.useRegex = useRegex;
  }

  split(input: NormalizedString): NormalizedString[] {
    const source = this.addPrefixSpace && !input.text.startsWith(' ') ? input.prepend(' ') : input;
    const { text } = source;
    if (!this.useRegex) return text === '' ? [] : [spellBytes(source)];
    const units = toUnits(text);
    const words: NormalizedString[] = [];
    for (let start = 0; start < text.length;) {
      const end = gpt2WordEnd(units, start, text.length);
      words.push(spellBytes(source.slice(start, end)));
      start = end;
    }
    return words;
  }

  toJson(): JsonOutput {
    return {
      type: 'ByteLevel',
      add_prefix_space: this.addPrefixSpace,
      trim_offsets: this.trimOffsets,
      use_regex: this.useRegex,
    };
  }
}

/** One byte per character: nothing moves. */
const ASCII = /^\p{ASCII}*$/u;
/** The ASCII characters that do not stand for themselves. */
const SPELLED_OTHERWISE = /[^!-~]/g;
const buffer = new Uint8Array(4);

function spellBytes(word: NormalizedString): NormalizedString {
  const { text } = word;
  if (ASCII.test(text)) {
    return word.withText(
      text.replace(SPELLED_OTHERWISE, (character) => BYTE_CHARACTERS[character.charCodeAt(0)] ?? ''),
    );
  }
  return word.rewrite((builder) => {
    for (let start = 0; start < text.length;) {
      const end = start + codePointWidth(text, start);
      const length = writeUtf8(text.codePointAt(start) ?? 0, buffer, 0);
      let spelled = '';
      for (let at = 0; at < length; at++) spelled += BYTE_CHARACTERS[buffer[at] ?? 0] ?? '';
      builder.push(spelled, start, end);
      start = end;
    }
  });
}
