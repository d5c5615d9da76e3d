/** The distinct words of a corpus, one after the other. */
export interface CorpusText {
  /** Code points plus one; 0 ends each word. */
  readonly characters: Int32Array;
  /** Where each word begins; one more entry at the end. */
  readonly begins: Int32Array;
  /** How often each word occurs. */
  readonly counts: Float64Array;
}

/** Lays out counted words. */
export function corpusTextOf(words: ReadonlyMap<string, number>): CorpusText {
  let size = 0;
  for (const word of words.keys()) size += word.length + 1;
  const characters = new Int32Array(size);
  const begins = new Int32Array(words.size + 1);
  let at = 0;
  let index = 0;
  for (const word of words.keys()) {
    for (const character of word) characters[at++] = (character.codePointAt(0) ?? 0) + 1;
    begins[++index] = ++at;
  }
  return { characters: characters.subarray(0, at), begins, counts: Float64Array.from(words.values()) };
}

/** The text of characters of a corpus. */
export function textAt({ characters }: CorpusText, start: number, length: number): string {
  let text = '';
  for (let at = start; at < start + length; at++) text += String.fromCodePoint((characters[at] ?? 1) - 1);
  return text;
}
