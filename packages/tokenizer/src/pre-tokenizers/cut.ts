import type { NormalizedString } from '../normalized-string.ts';
import { codePointWidth } from '../normalized-string.ts';
import { Cutter, type SplitBehavior } from './split.ts';

/** Cuts at every character that `isSeparator` names. */
export function cutAtCharacters(
  text: NormalizedString,
  isSeparator: (codePoint: number) => boolean,
  behavior: SplitBehavior,
): NormalizedString[] {
  const cutter = new Cutter(text, behavior);
  const source = text.text;
  let from = 0;
  for (let at = 0; at < source.length;) {
    const end = at + codePointWidth(source, at);
    if (isSeparator(source.codePointAt(at) ?? 0)) {
      if (at > from) cutter.add(from, at, false);
      cutter.add(at, end, true);
      from = end;
    }
    at = end;
  }
  if (from < source.length) cutter.add(from, source.length, false);
  return cutter.finish();
}
