import type { JsonOutput } from '../write-json.ts';
import { cleanUp } from './clean-up.ts';
import type { Decoder } from './decoder.ts';

/** Joins repeated tokens and takes out the padding token, as speech models need it. */
export class CtcDecoder implements Decoder {
  readonly padToken: string;
  readonly wordDelimiterToken: string;
  readonly cleanup: boolean;

  constructor({
    padToken = '<pad>',
    wordDelimiterToken = '|',
    cleanup = true,
  }: { padToken?: string; wordDelimiterToken?: string; cleanup?: boolean } = {}) {
    this.padToken = padToken;
    this.wordDelimiterToken = wordDelimiterToken;
    this.cleanup = cleanup;
  }

  decode(tokens: readonly string[]): string[] {
    return tokens
      .filter((token, index) => index === 0 || token !== tokens[index - 1])
      .map((token) => {
        const text = this.padToken === '' ? token : token.replaceAll(this.padToken, '');
        return this.cleanup ? cleanUp(text).replaceAll(this.wordDelimiterToken, ' ') : text;
      })
      .filter((text) => text !== '');
  }

  toJson(): JsonOutput {
    return {
      type: 'CTC',
      pad_token: this.padToken,
      word_delimiter_token: this.wordDelimiterToken,
      cleanup: this.cleanup,
    };
  }
}
