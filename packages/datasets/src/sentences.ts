import { readLines } from './lines.ts';
import { TokenBuffer, type PackOptions, type TokenIds } from './pack.ts';

/**
 * Cuts text into documents made of sentences: one sentence per line, an empty line between documents, as BERT's data is made from.
 *
 * @param file names the input in errors.
 * @throws {ClozeError} `RESOURCE_LIMIT` when a line is absurdly long.
 */
export async function* splitSentences(
  text: AsyncIterable<string> | Iterable<string>,
  file: string,
): AsyncGenerator<readonly string[], void, void> {
  let sentences: string[] = [];
  for await (const line of readLines(text, file)) {
    const sentence = line.text.trim();
    if (sentence !== '') {
      sentences.push(sentence);
    } else if (sentences.length > 0) {
      yield sentences;
      sentences = [];
    }
  }
  if (sentences.length > 0) yield sentences;
}

/**
 * Tokenizes documents sentence by sentence. Sentences without tokens and documents without sentences are left out. All sentences are views of one
 * sequence of ids, of 2 bytes per token up to 65,536 tokens in the vocabulary; the text is not kept.
 *
 * @throws {ClozeError} `DATA_INVALID` when there are no tokens, or when the tokenizer gives an id outside of the vocabulary.
 */
export async function packSentences(
  documents: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  { encode, vocabSize }: Pick<PackOptions, 'encode' | 'vocabSize'>,
): Promise<TokenIds[][]> {
  const buffer = new TokenBuffer(vocabSize);
  const lengths: number[][] = [];
  for await (const sentences of documents) {
    lengths.push(sentences.map((sentence) => buffer.append(encode(sentence))));
  }
  const ids = buffer.toIds();
  let end = 0;
  return lengths
    .map((ofSentences) =>
      ofSentences.filter((length) => length > 0).map((length) => ids.subarray(end, (end += length))),
    )
    .filter((sentences) => sentences.length > 0);
}
