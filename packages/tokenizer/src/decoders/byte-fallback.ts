import { fromUtf8 } from '../byte-characters.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Decoder } from './decoder.ts';

/** Reads runs of `<0x0A>` tokens as UTF-8; each byte of a run that is no UTF-8 becomes one U+FFFD. */
export class ByteFallbackDecoder implements Decoder {
  decode(tokens: readonly string[]): string[] {
    const parts: string[][] = [];
    let bytes: number[] = [];
    const flush = (): void => {
      if (bytes.length > 0) parts.push(textOf(bytes));
      bytes = [];
    };
    for (const token of tokens) {
      const byte = /^<0x([0-9a-fA-F]{2})>$/.exec(token)?.[1];
      if (byte === undefined) {
        flush();
        parts.push([token]);
      } else {
        bytes.push(Number.parseInt(byte, 16));
      }
    }
    flush();
    return parts.flat();
  }

  toJson(): JsonOutput {
    return { type: 'ByteFallback' };
  }
}

function textOf(bytes: readonly number[]): string[] {
  const input = Uint8Array.from(bytes);
  try {
    return [new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input)];
  } catch {
    // Not UTF-8: a lone surrogate of ours still is what encoding wrote.
    const text = fromUtf8(input);
    return text.includes('\ufffd') ? bytes.map(() => '\ufffd') : [text];
  }
}
