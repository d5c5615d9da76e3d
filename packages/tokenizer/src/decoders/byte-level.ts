import { byteOfCharacter, fromUtf8, toUtf8 } from '../byte-characters.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Decoder } from './decoder.ts';

/** Reads the characters of byte-level tokens as bytes. A token with any other character stands for itself. */
export class ByteLevelDecoder implements Decoder {
  readonly addPrefixSpace: boolean;
  readonly trimOffsets: boolean;
  readonly useRegex: boolean;

  /** @param options The file's fields; they mean nothing here and are kept for the file. */
  constructor({
    addPrefixSpace = true,
    trimOffsets = true,
    useRegex = true,
  }: { addPrefixSpace?: boolean; trimOffsets?: boolean; useRegex?: boolean } = {}) {
    this.addPrefixSpace = addPrefixSpace;
    this.trimOffsets = trimOffsets;
    this.useRegex = useRegex;
  }

  decode(tokens: readonly string[]): string[] {
    const parts = tokens.map(bytesOf);
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return [fromUtf8(bytes)];
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

function bytesOf(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let at = 0; at < token.length; at++) {
    const byte = byteOfCharacter(token[at] ?? '');
    if (byte === undefined) return toUtf8(token);
    bytes[at] = byte;
  }
  return bytes;
}
