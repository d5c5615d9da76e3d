/** How soon a word that occurs again counts less, and how much long texts are discounted: the usual values. */
const SATURATION = 1.2;
const LENGTH_DISCOUNT = 0.75;

/**
 * How similar texts are to a query by the words that they share, rare ones counting more: Okapi BM25 with the weights of Lucene, which are never
 * negative. Words are runs of letters and digits, whatever their case.
 *
 * @returns for each text a number from 0 (no common word) up.
 * @see Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond".
 */
export function lexicalSimilarities(query: string, texts: readonly string[]): number[] {
  const documents = texts.map(wordsOf);
  const meanLength = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const weights = [...new Set(wordsOf(query))].map((word) => {
    const numWith = documents.filter((words) => words.includes(word)).length;
    return { word, weight: Math.log(1 + (documents.length - numWith + 0.5) / (numWith + 0.5)) };
  });
  return documents.map((words) => {
    const discount = SATURATION * (1 - LENGTH_DISCOUNT + (LENGTH_DISCOUNT * words.length) / meanLength);
    return weights.reduce((sum, { word, weight }) => {
      const count = words.filter((other) => other === word).length;
      return count === 0 ? sum : sum + (weight * count * (SATURATION + 1)) / (count + discount);
    }, 0);
  });
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
