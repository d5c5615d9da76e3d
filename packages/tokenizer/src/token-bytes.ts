import { byteOfCharacter, toUtf8 } from './byte-characters.ts';
import { ByteFallbackDecoder } from './decoders/byte-fallback.ts';
import { ByteLevelDecoder } from './decoders/byte-level.ts';
import type { Decoder } from './decoders/decoder.ts';
import { SequenceDecoder } from './decoders/sequence.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * The bytes of text that each token adds when it follows another one: what constrained generation matches. A byte-level token may be a part of a
 * character.
 *
 * @returns by id; undefined for special tokens, unused ids, and tokens that change what stands before them.
 */
export function tokenBytes(tokenizer: Tokenizer): (Uint8Array | undefined)[] {
  const { model, decoder, addedTokens } = tokenizer;
  const parts = decoder instanceof SequenceDecoder ? decoder.decoders : [decoder];
  const isByteLevel = parts.some((part) => part instanceof ByteLevelDecoder);
  const hasByteFallback = parts.some((part) => part instanceof ByteFallbackDecoder);
  const size = Math.max(model.vocabulary.idLimit, ...addedTokens.list.map(({ id }) => id + 1));
  const added = new Map(addedTokens.list.map((token) => [token.id, token]));
  return Array.from({ length: size }, (_, id) => {
    const extra = added.get(id);
    if (extra !== undefined) return (extra.special ?? true) ? undefined : toUtf8(extra.content);
    const token = model.vocabulary.token(id);
    if (token === undefined) return undefined;
    const spelled = isByteLevel ? spelledBytes(token) : hasByteFallback ? fallbackByte(token) : undefined;
    return spelled ?? addedText(decoder, token);
  });
}

function spelledBytes(token: string): Uint8Array | undefined {
  const bytes = Array.from(token, byteOfCharacter);
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : undefined;
}

function fallbackByte(token: string): Uint8Array | undefined {
  const hex = /^<0x([0-9a-fA-F]{2})>$/.exec(token)?.[1];
  return hex === undefined ? undefined : Uint8Array.of(Number.parseInt(hex, 16));
}

/** What stands before the token, which decoders may treat differently at the beginning of a text. */
const BEFORE = 'x';

function addedText(decoder: Decoder | undefined, token: string): Uint8Array | undefined {
  if (decoder === undefined) return toUtf8(` ${token}`);
  const before = decoder.decode([BEFORE]).join('');
  const text = decoder.decode([BEFORE, token]).join('');
  return text.startsWith(before) ? toUtf8(text.slice(before.length)) : undefined;
}
