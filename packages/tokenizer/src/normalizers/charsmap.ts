import { shown, TokenizerError } from '../errors.ts';

/** In bytes; what goes on after that is cut off, as at the end of the file. */
const LONGEST_REPLACEMENT = 1024;

/**
 * SentencePiece's compiled normalization rules: a double-array trie over UTF-8 from strings to replacements. Layout: byte length of the trie (uint32,
 * little-endian), the trie (uint32 units), the replacements (UTF-8, each ended by a zero byte).
 *
 * @see Kudo and Richardson 2018, "SentencePiece: A simple and language independent subword tokenizer", section 3.2. <https://arxiv.org/abs/1808.06226>
 */
export class Charsmap {
  readonly #trie: Uint32Array;
  readonly #replacements: Uint8Array;

  /** @throws {TokenizerError} `TOKENIZER_CHARSMAP` when the lengths do not add up. */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const trieBytes = bytes.length < 4 ? -1 : view.getUint32(0, true);
    if (trieBytes < 4 || trieBytes % 4 !== 0 || trieBytes > bytes.length - 4) {
      throw new TokenizerError('TOKENIZER_CHARSMAP', 'a charsmap must begin with the length of its trie', {
        actual: `${trieBytes} of ${bytes.length} bytes`,
      });
    }
    this.#trie = Uint32Array.from({ length: trieBytes / 4 }, (_, index) => view.getUint32(4 + 4 * index, true));
    this.#replacements = bytes.subarray(4 + trieBytes);
  }

  /**
   * The rule for a prefix of key[start, end).
   *
   * @param longest True for the longest prefix, as SentencePiece itself takes; false for the shortest.
   * @returns The length of the prefix in bytes and its replacement, or undefined.
   */
  find(
    key: Uint8Array,
    start: number,
    end: number,
    longest: boolean,
  ): { length: number; replacement: string } | undefined {
    const trie = this.#trie;
    let value = -1;
    let length = 0;
    let node = offsetOf(trie[0] ?? 0);
    for (let at = start; at < end; at++) {
      const byte = key[at] ?? 0;
      if (byte === 0) break;
      node ^= byte;
      const unit = trie[node] ?? 0;
      if (((unit & 0x800000ff) | 0) !== byte) break;
      node ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 0) continue;
      value = (trie[node] ?? 0) & 0x7fffffff;
      length = at + 1 - start;
      if (!longest) break;
    }
    return value === -1 ? undefined : { length, replacement: this.#replacementAt(value) };
  }

  #replacementAt(start: number): string {
    const replacement = this.#replacements.subarray(start, start + LONGEST_REPLACEMENT);
    const length = replacement.indexOf(0);
    return new TextDecoder().decode(length === -1 ? replacement : replacement.subarray(0, length));
  }
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

/** Bytes of base64 text. */
export function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new TokenizerError('TOKENIZER_CHARSMAP', 'precompiled_charsmap must be base64', {
      actual: shown(text.slice(0, 40)),
      cause,
    });
  }
}

/** Base64 text of bytes. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
