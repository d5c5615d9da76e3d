import { codePointWidth, type AlignedTextBuilder } from '../normalized-string.ts';

/**
 * A character of a normalized text. `change` counts characters as the reference does: 0 replaces one of the source, 1 is inserted after the last replaced
 * one, -n replaces one and removes n more.
 */
export interface Change {
  readonly character: string;
  readonly change: number;
}

/** Writes the characters of a changed stretch of the source, which begins at `offset`, each aligned to what it replaces. */
export function writeChanges(
  builder: AlignedTextBuilder,
  stretch: string,
  offset: number,
  changes: readonly Change[],
): void {
  let start = 0;
  let end = 0;
  for (const { character, change } of changes) {
    if (change <= 0 && end < stretch.length) {
      start = end;
      end = start + codePointWidth(stretch, start);
    }
    builder.push(character, offset + start, offset + end);
    for (let removed = change; removed < 0 && end < stretch.length; removed++) {
      start = end;
      end += codePointWidth(stretch, start);
    }
  }
}
