import { trainWordPiece, Tokenizer } from '@cloze/tokenizer';

/** Trains a tokenizer, writes and reads its file, and shows how it cuts a text. */
export function trainATokenizer(lines: readonly string[]): {
  readonly pieces: readonly string[];
  readonly decoded: string;
} {
  // #region train
  const tokenizer = trainWordPiece(lines, { vocabSize: 800, lowercase: true });

  const file = tokenizer.toJson(); // the text of a tokenizer.json, for Python, too
  const same = Tokenizer.fromJson(file);

  const { ids, offsets } = same.encode('Every layer is proven.');
  const pieces = offsets.map(([start, end]) => 'Every layer is proven.'.slice(start, end));
  const decoded = same.decode(ids); // 'every layer is proven.'
  // #endregion train
  return { pieces, decoded };
}
