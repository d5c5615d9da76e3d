/**
 * The logarithms of the probabilities softmax(scores), in nats.
 *
 * @param scores [V].
 */
export function logSoftmax(scores: Float32Array): Float32Array {
  const highest = scores.reduce((best, score) => Math.max(best, score), -Infinity);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
  const normalizer = highest + Math.log(total);
  return scores.map((score) => score - normalizer);
}
