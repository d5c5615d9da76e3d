import type { PrependScheme } from '../pre-tokenizers/metaspace.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Decoder } from './decoder.ts';

/** Reads the replacement character as a space, and as nothing in the first token where the pre-tokenizer may have put it. */
export class MetaspaceDecoder implements Decoder {
  readonly replacement: string;
  readonly prependScheme: PrependScheme;
  readonly split: boolean;

  /** @param options As of the pre-tokenizer; `split` means nothing here and is kept for the file. */
  constructor({
    replacement = '\u2581',
    prependScheme = 'always',
    split = true,
  }: { replacement?: string; prependScheme?: PrependScheme; split?: boolean } = {}) {
    this.replacement = replacement;
    this.prependScheme = prependScheme;
    this.split = split;
  }

  decode(tokens: readonly string[]): string[] {
    return tokens.map((token, index) => {
      const space = index === 0 && this.prependScheme !== 'never' ? '' : ' ';
      return token.replaceAll(this.replacement, space);
    });
  }

  toJson(): JsonOutput {
    return { type: 'Metaspace', replacement: this.replacement, prepend_scheme: this.prependScheme, split: this.split };
  }
}
