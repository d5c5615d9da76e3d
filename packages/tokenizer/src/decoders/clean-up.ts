const REPLACEMENTS: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

/** Takes out the spaces that tokenization put before punctuation and English contractions, as the reference does, ` do not` included. */
export function cleanUp(text: string): string {
  if (!text.includes(' ')) return text;
  return REPLACEMENTS.reduce((result, [from, to]) => result.replaceAll(from, to), text);
}
