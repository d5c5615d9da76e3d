import { BYTE_CHARACTERS } from '../byte-characters.ts';
import { WHITE_SPACE } from '../character-set.ts';
import type { Encoding } from '../encoding.ts';
import { codePointWidth } from '../normalized-string.ts';

const SPACE = BYTE_CHARACTERS[0x20] ?? '';

/**
 * Takes the white space that byte-level tokens begin or end with out of their offsets. The space that `addPrefixSpace` itself put before the first
 * token is in no text, so it is not counted.
 */
export function trimOffsets(encoding: Encoding, addPrefixSpace: boolean): Encoding {
  const starts = encoding.starts.slice();
  const ends = encoding.ends.slice();
  for (const [index, token] of encoding.tokens.entries()) {
    const text = encoding.texts[Math.max(0, encoding.sequenceIds[index] ?? 0)] ?? '';
    const start = starts[index] ?? 0;
    const end = ends[index] ?? 0;
    let leading = 0;
    while (leading < token.length && isSpace(token, leading)) leading++;
    let trailing = 0;
    while (trailing < token.length && isSpace(token, token.length - 1 - trailing)) trailing++;
    if (leading > 0) {
      if (leading === 1 && (index === 0 || start === 0) && addPrefixSpace) leading = 0;
      starts[index] = Math.min(forward(text, start, leading), end);
    }
    if (trailing > 0 && end >= trailing) ends[index] = Math.max(backward(text, end, trailing), starts[index] ?? 0);
  }
  return encoding.with({
    starts,
    ends,
    overflowing: encoding.overflowing.map((part) => trimOffsets(part, addPrefixSpace)),
  });
}

function isSpace(token: string, at: number): boolean {
  return token[at] === SPACE || WHITE_SPACE.has(token.charCodeAt(at));
}

/** `count` characters after `index`. */
function forward(text: string, index: number, count: number): number {
  let at = index;
  for (let left = count; left > 0 && at < text.length; left--) at += codePointWidth(text, at);
  return at;
}

/** `count` characters before `index`. */
function backward(text: string, index: number, count: number): number {
  let at = index;
  for (let left = count; left > 0 && at > 0; left--) at -= at >= 2 && codePointWidth(text, at - 2) === 2 ? 2 : 1;
  return at;
}
