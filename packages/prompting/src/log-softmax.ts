/** Scores as log probabilities, in nats. */
export function logSoftmax(scores: readonly number[]): number[] {
  const logTotal = logSumExp(scores);
  return scores.map((score) => score - logTotal);
}

/** log of the sum of exponentials, whatever their size. */
export function logSumExp(values: readonly number[]): number {
  const highest = Math.max(...values);
  return highest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - highest), 0));
}
