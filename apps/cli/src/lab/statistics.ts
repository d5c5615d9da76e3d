/** What a few values of the same thing say about it. */
export interface Summary {
  readonly values: readonly number[];
  readonly mean: number;
  /** Half the width of the 95 % interval of the mean. */
  readonly halfWidth: number;
}

/** The 97.5 % quantile of Student's t distribution for 1, 2, ... degrees of freedom. */
const T_QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/**
 * Mean and 95 % interval of a few measurements: mean -+ t s / sqrt(n), for values that are spread normally.
 *
 * @param values two to ten.
 * @see Student 1908, "The Probable Error of a Mean". <https://doi.org/10.2307/2331554>
 */
export function summarize(values: readonly number[]): Summary {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (values.length - 1));
  const quantile = T_QUANTILES[values.length - 2] ?? NaN;
  return { values, mean, halfWidth: (quantile * deviation) / Math.sqrt(values.length) };
}
