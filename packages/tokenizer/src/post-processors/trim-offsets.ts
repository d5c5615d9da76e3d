import { BYTE_CHARACTERS } from '../byte-characters.ts';
import type { Encoding } from '../encoding.ts';

const SPACE = BYTE_CHARACTERS[0x20] ?? '';
const LEADING = new RegExp(`^[${SPACE}\\p{White_Space}]*`, 'u');
const TRAILING = new RegExp(`[${SPACE}\\p{White_Space}]*$`, 'u');

/**
 * Takes the white space that byte-level tokens begin or end with out of their offsets. The space that `addPrefixSpace` itself put before the first
 * token is in no text, so it is not counted.
 */
export function trimOffsets(encoding: Encoding, addPrefixSpace: boolean): Encoding {
  const starts = encoding.starts.slice();
  const ends = encoding.ends.slice();
  for (const [index, token] of encoding.tokens.entries()) {
    const start = starts[index] ?? 0;
    const end = ends[index] ?? 0;
    let leading = LEADING.exec(token)?.[0].length ?? 0;
    const trailing = leading === token.length ? leading : (TRAILING.exec(token)?.[0].length ?? 0);
    if (leading > 0) {
      if (leading === 1 && (index === 0 || start === 0) && addPrefixSpace) leading = 0;
      starts[index] = Math.min(start + leading, end);
    }
    if (trailing > 0 && end >= trailing) ends[index] = Math.max(end - trailing, starts[index] ?? 0);
  }
  return encoding.with({
    starts,
    ends,
    overflowing: encoding.overflowing.map((part) => trimOffsets(part, addPrefixSpace)),
  });
}
