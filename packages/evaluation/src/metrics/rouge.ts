import { countMatches, countNgrams } from './n-grams.ts';
import { porterStem } from './porter-stemmer.ts';
import { scoresOf } from './precision-recall-f1.ts';

/** Precision, recall and F1 of what a summary shares with a reference. */
export interface RougeScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** The usual variants. */
export interface RougeScores {
  /** Of words. */
  readonly rouge1: RougeScore;
  /** Of pairs of words. */
  readonly rouge2: RougeScore;
  /** Of the longest common subsequence of the whole texts. */
  readonly rougeL: RougeScore;
  /** Of the longest common subsequences of lines: each line is taken for a sentence. */
  readonly rougeLsum: RougeScore;
}

/** Settings of {@link rouge}. */
export interface RougeOptions {
  /** Compare the stems of words with more than three letters. Default: false. */
  readonly usesStemmer?: boolean;
}

/**
 * ROUGE of a summary, as the package rouge-score computes it: words are runs of a-z and 0-9 in lower case.
 *
 * @see Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", sections 2, 3.1 and 3.2.
 */
export function rouge(summary: string, reference: string, { usesStemmer = false }: RougeOptions = {}): RougeScores {
  const tokensOf = (text: string): string[] =>
    (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).map((token) =>
      usesStemmer && token.length > 3 ? porterStem(token) : token,
    );
  const linesOf = (text: string): string[][] => text.split('\n').map(tokensOf);
  const [predicted, wanted] = [tokensOf(summary), tokensOf(reference)];
  const sharedInOrder = longestCommonSubsequence(wanted, predicted).length;
  return {
    rouge1: ngramScore(predicted, wanted, 1),
    rouge2: ngramScore(predicted, wanted, 2),
    rougeL: toScore(sharedInOrder, predicted.length, wanted.length),
    rougeLsum: summaryScore(linesOf(summary), linesOf(reference)),
  };
}

function toScore(numCorrect: number, numPredicted: number, numLabels: number): RougeScore {
  const { precision, recall, f1 } = scoresOf({ numPredicted, numCorrect, numLabels });
  return { precision, recall, f1 };
}

function ngramScore(predicted: readonly string[], wanted: readonly string[], order: number): RougeScore {
  const numShared = countMatches(countNgrams(wanted, order), countNgrams(predicted, order));
  const numNgrams = (tokens: readonly string[]): number => Math.max(0, tokens.length - order + 1);
  return toScore(numShared, numNgrams(predicted), numNgrams(wanted));
}

/** For each line of the reference the union of what it shares with each line of the summary; no word counts more often than both texts have it. */
function summaryScore(predicted: readonly (readonly string[])[], wanted: readonly (readonly string[])[]): RougeScore {
  const leftInSummary = countNgrams(predicted.flat(), 1);
  let numHits = 0;
  for (const line of wanted) {
    const shared = new Set(predicted.flatMap((candidate) => longestCommonSubsequence(line, candidate)));
    for (const index of shared) {
      const token = line[index] ?? '';
      const numLeft = leftInSummary.get(token) ?? 0;
      if (numLeft === 0) continue;
      leftInSummary.set(token, numLeft - 1);
      numHits += 1;
    }
  }
  return toScore(numHits, predicted.flat().length, wanted.flat().length);
}

/** The positions in `reference` of one of the longest common subsequences: of several, the one that rouge-score takes. */
function longestCommonSubsequence(reference: readonly string[], candidate: readonly string[]): number[] {
  const width = candidate.length + 1;
  const lengths = new Uint32Array((reference.length + 1) * width);
  const lengthAt = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  reference.forEach((token, row) => {
    candidate.forEach((other, column) => {
      lengths[(row + 1) * width + column + 1] =
        token === other ? lengthAt(row, column) + 1 : Math.max(lengthAt(row, column + 1), lengthAt(row + 1, column));
    });
  });
  const positions: number[] = [];
  let [row, column] = [reference.length, candidate.length];
  while (row > 0 && column > 0) {
    if (reference[row - 1] === candidate[column - 1]) {
      positions.push(row - 1);
      row -= 1;
      column -= 1;
    } else if (lengthAt(row, column - 1) > lengthAt(row - 1, column)) column -= 1;
    else row -= 1;
  }
  return positions;
}
