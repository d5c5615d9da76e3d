import { checkGrowth } from '../growth.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Decoder } from './decoder.ts';

/** One decoder after the other. */
export class SequenceDecoder implements Decoder {
  readonly decoders: readonly Decoder[];

  constructor(decoders: readonly Decoder[]) {
    this.decoders = decoders;
  }

  decode(tokens: readonly string[]): string[] {
    const original = lengthOf(tokens);
    return this.decoders.reduce(
      (parts, decoder) => {
        const decoded = decoder.decode(parts);
        checkGrowth('decoded text', lengthOf(decoded), original);
        return decoded;
      },
      [...tokens],
    );
  }

  toJson(): JsonOutput {
    return { type: 'Sequence', decoders: this.decoders.map((decoder) => decoder.toJson()) };
  }
}

function lengthOf(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
