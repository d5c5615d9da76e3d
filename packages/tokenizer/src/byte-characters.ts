/**
 * GPT-2's spelling of bytes: printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100, U+0101, ... in order.
 *
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2.
 */
export const BYTE_CHARACTERS: readonly string[] = spell();

const bytes = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

/** The byte that a character stands for, or undefined. */
export function byteOfCharacter(character: string): number | undefined {
  return bytes.get(character);
}

function spell(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}

/** Appends the UTF-8 of one code point to `out` at `at` and returns the position after it. A lone surrogate becomes its three bytes (WTF-8). */
export function writeUtf8(codePoint: number, out: Uint8Array, at: number): number {
  if (codePoint < 0x80) {
    out[at] = codePoint;
    return at + 1;
  }
  if (codePoint < 0x800) {
    out[at] = 0xc0 | (codePoint >> 6);
    out[at + 1] = 0x80 | (codePoint & 63);
    return at + 2;
  }
  if (codePoint < 0x10000) {
    out[at] = 0xe0 | (codePoint >> 12);
    out[at + 1] = 0x80 | ((codePoint >> 6) & 63);
    out[at + 2] = 0x80 | (codePoint & 63);
    return at + 3;
  }
  out[at] = 0xf0 | (codePoint >> 18);
  out[at + 1] = 0x80 | ((codePoint >> 12) & 63);
  out[at + 2] = 0x80 | ((codePoint >> 6) & 63);
  out[at + 3] = 0x80 | (codePoint & 63);
  return at + 4;
}

/** Bytes of UTF-8 that a code point takes. */
export function utf8Width(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/** UTF-8 (WTF-8) of a string. */
export function toUtf8(text: string): Uint8Array {
  const out = new Uint8Array(3 * text.length);
  let at = 0;
  for (const character of text) at = writeUtf8(character.codePointAt(0) ?? 0, out, at);
  return out.subarray(0, at);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Text of UTF-8 bytes; each maximal broken part becomes one U+FFFD. Lone surrogates, which encoding writes as three bytes, come back as they
 * were, so that any JavaScript string survives the round trip.
 */
export function fromUtf8(input: Uint8Array): string {
  let from = 0;
  let result = '';
  for (let at = input.indexOf(0xed); at !== -1; at = input.indexOf(0xed, at + 1)) {
    const second = input[at + 1] ?? 0;
    const third = input[at + 2] ?? 0;
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    result += decoder.decode(input.subarray(from, at));
    result += String.fromCharCode(0xd000 | ((second & 63) << 6) | (third & 63));
    from = at + 3;
  }
  return result + decoder.decode(from === 0 ? input : input.subarray(from));
}
