import type { JsonOutput } from '../write-json.ts';
import type { Decoder } from './decoder.ts';

/** One decoder after the other. */
export class SequenceDecoder implements Decoder {
  readonly decoders: readonly Decoder[];

  constructor(decoders: readonly Decoder[]) {
    this.decoders = decoders;
  }

  decode(tokens: readonly string[]): string[] {
    return this.decoders.reduce((parts, decoder) => decoder.decode(parts), [...tokens]);
  }

  toJson(): JsonOutput {
    return { type: 'Sequence', decoders: this.decoders.map((decoder) => decoder.toJson()) };
  }
}
