import type { JsonOutput } from '../write-json.ts';
import type { Decoder } from './decoder.ts';

/** Takes up to `start` and `stop` copies of a character off the ends of every token. */
export class StripDecoder implements Decoder {
  readonly content: string;
  readonly start: number;
  readonly stop: number;

  constructor({ content, start, stop }: { readonly content: string; readonly start: number; readonly stop: number }) {
    this.content = content;
    this.start = start;
    this.stop = stop;
  }

  decode(tokens: readonly string[]): string[] {
    const { content } = this;
    return tokens.map((token) => {
      let from = 0;
      let to = token.length;
      for (let cut = 0; cut < this.start && token.startsWith(content, from); cut++) from += content.length;
      for (let cut = 0; cut < this.stop && to - content.length >= from && token.endsWith(content, to); cut++)
        to -= content.length;
      return token.slice(from, to);
    });
  }

  toJson(): JsonOutput {
    return { type: 'Strip', content: this.content, start: this.start, stop: this.stop };
  }
}
