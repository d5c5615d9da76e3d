/**
 * The entropy of token frequencies, in nats per token: the loss of a model that knows how often each token occurs and nothing else. A language model
 * has learned something once its loss is below it.
 */
export function unigramEntropy(ids: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index] ?? 0;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / ids.length) * Math.log(count / ids.length);
  return entropy;
}
