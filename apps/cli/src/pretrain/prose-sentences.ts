/**
 * The sentences of a line of prose: it is cut after a full stop, question mark or exclamation mark (and closing quotes and brackets) before a space and
 * what looks like a beginning. Tokenized text with spaces around its marks, as Wikitext, is cut likewise.
 */
export function proseSentences(line: string): string[] {
  return line
    .split(/(?<=[.?!]["')\]]?)\s+(?=["'([]?[\p{Lu}\p{N}])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
