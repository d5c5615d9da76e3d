import type { JsonOutput } from '../write-json.ts';
import { cleanUp } from './clean-up.ts';
import type { Decoder } from './decoder.ts';

/** Joins continuing pieces to their word and puts spaces between words. */
export class WordPieceDecoder implements Decoder {
  readonly prefix: string;
  readonly cleanup: boolean;

  /** @param cleanup Take out the spaces before punctuation and English contractions. Default true. */
  constructor({ prefix = '##', cleanup = true }: { prefix?: string; cleanup?: boolean } = {}) {
    this.prefix = prefix;
    this.cleanup = cleanup;
  }

  decode(tokens: readonly string[]): string[] {
    return tokens.map((token, index) => {
      let text = token;
      if (index > 0) text = token.startsWith(this.prefix) ? token.slice(this.prefix.length) : ` ${token}`;
      return this.cleanup ? cleanUp(text) : text;
    });
  }

  toJson(): JsonOutput {
    return { type: 'WordPiece', prefix: this.prefix, cleanup: this.cleanup };
  }
}
