import type { JsonOutput } from '../write-json.ts';
import type { Decoder } from './decoder.ts';

/** Reads the suffix that ends a word as a space: GPT-1's `</w>`. */
export class BpeDecoder implements Decoder {
  readonly suffix: string;

  constructor(suffix = '</w>') {
    this.suffix = suffix;
  }

  decode(tokens: readonly string[]): string[] {
    const last = tokens.length - 1;
    return tokens.map((token, index) => token.replaceAll(this.suffix, index === last ? '' : ' '));
  }

  toJson(): JsonOutput {
    return { type: 'BPEDecoder', suffix: this.suffix };
  }
}
