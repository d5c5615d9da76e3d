/**
 * Cuts a stream of text into documents at a separator, which belongs to none of them. Empty documents are left out.
 *
 * @param separator for example `'\n'` for one document per line, or `'\n\n'` for one per paragraph.
 */
export async function* splitDocuments(
  text: AsyncIterable<string> | Iterable<string>,
  separator: string,
): AsyncGenerator<string, void, void> {
  let pending = '';
  for await (const piece of text) {
    const parts = (pending + piece).split(separator);
    pending = parts.pop() ?? '';
    for (const part of parts) if (part !== '') yield part;
  }
  if (pending !== '') yield pending;
}

/**
 * Cuts one long document into pieces that can be tokenized one by one with the result of tokenizing the whole: each piece after the first begins with
 * white space that follows something else, where byte-level BPE, WordPiece and character tokenizers have a border anyway.
 */
export async function* splitAtWords(
  text: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string, void, void> {
  let pending = '';
  for await (const piece of text) {
    const joined = pending + piece;
    const cut = lastWordEnd(joined);
    if (cut > 0) yield joined.slice(0, cut);
    pending = joined.slice(cut);
  }
  if (pending !== '') yield pending;
}

/** The last position where white space follows something else; 0 if there is none. */
function lastWordEnd(text: string): number {
  for (let position = text.length - 1; position > 0; position--) {
    if (isSpace(text[position]) && !isSpace(text[position - 1])) return position;
  }
  return 0;
}

function isSpace(unit: string | undefined): boolean {
  return unit !== undefined && /\s/.test(unit);
}
