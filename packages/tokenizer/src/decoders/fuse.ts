import type { JsonOutput } from '../write-json.ts';
import type { Decoder } from './decoder.ts';

/** Joins all tokens with nothing between them: the decoder of character vocabularies. */
export class FuseDecoder implements Decoder {
  decode(tokens: readonly string[]): string[] {
    return [tokens.join('')];
  }

  toJson(): JsonOutput {
    return { type: 'Fuse' };
  }
}
