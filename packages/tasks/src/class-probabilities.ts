/** The class that a model gives to a text. */
export interface Classification {
  /** The likeliest label. */
  readonly label: string;
  /** The probability of each label, in the model's order. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** The softmax of scores, in float64. */
export function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const maximum = Math.max(...values);
  const exponentials = values.map((value) => Math.exp(value - maximum));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/** The position of the largest value, the first of equal ones. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? -Infinity) > (values[best] ?? -Infinity)) best = index;
  }
  return best;
}

/** A class from the scores of all labels. */
export function classificationOf(logits: ArrayLike<number>, labels: readonly string[]): Classification {
  const probabilities = softmax(logits);
  return {
    label: labels[argMax(logits)] ?? '',
    probabilities: Object.fromEntries(labels.map((label, id) => [label, probabilities[id] ?? 0])),
  };
}
