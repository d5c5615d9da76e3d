import { codePointWidth, type NormalizedString } from '../normalized-string.ts';

/** Replaces characters one by one; `map` returns undefined for those that stay. Replacements are aligned to what they replace. */
export function mapCharacters(
  source: NormalizedString,
  map: (codePoint: number) => string | undefined,
): NormalizedString {
  const { text } = source;
  const changes: { start: number; end: number; text: string }[] = [];
  let keepsLength = true;
  for (let start = 0; start < text.length;) {
    const end = start + codePointWidth(text, start);
    const mapped = map(text.codePointAt(start) ?? 0);
    if (mapped !== undefined) {
      changes.push({ start, end, text: mapped });
      if (mapped.length !== end - start) keepsLength = false;
    }
    start = end;
  }
  if (changes.length === 0) return source;
  if (keepsLength) return source.withText(replaced(text, changes));
  return source.rewrite((builder) => {
    let from = 0;
    for (const change of changes) {
      builder.keep(from, change.start);
      builder.push(change.text, change.start, change.end);
      from = change.end;
    }
    builder.keep(from, text.length);
  });
}

function replaced(text: string, changes: readonly { start: number; end: number; text: string }[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const change of changes) {
    parts.push(text.slice(from, change.start), change.text);
    from = change.end;
  }
  return parts.join('') + text.slice(from);
}
