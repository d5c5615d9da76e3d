import { wordsOf } from './words.ts';

/**
 * The tokens of mteval-v13a, which BLEU is counted in: punctuation and symbols of ASCII stand alone, except periods, commas and dashes within numbers.
 *
 * @see Post 2018, "A Call for Clarity in Reporting BLEU Scores".
 */
export function tokenize13a(text: string): string[] {
  const line = text
    .trimEnd()
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  const separated = ` ${line} `
    .replace(/[{-~[-` -&(-+:-@/]/gu, ' $& ')
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])-/gu, '$1 - ');
  return wordsOf(separated);
}
