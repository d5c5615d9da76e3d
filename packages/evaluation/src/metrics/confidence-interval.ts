/** Where a quantity lies with some confidence. */
export interface ConfidenceInterval {
  readonly low: number;
  readonly high: number;
}

/** How sure an interval is to hold the quantity. */
export type ConfidenceLevel = 0.9 | 0.95 | 0.99;

/** Two-sided quantiles of the normal distribution. */
const QUANTILES: Readonly<Record<ConfidenceLevel, number>> = {
  0.9: 1.6448536269514722,
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
};

/**
 * Wilson's score interval of a share: right also for few examples and for shares near 0 and 1.
 *
 * @param numSuccesses 0 ... `total`; may be a fraction.
 * @see Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference".
 */
export function wilsonInterval(
  numSuccesses: number,
  total: number,
  confidence: ConfidenceLevel = 0.95,
): ConfidenceInterval {
  if (total === 0) return { low: 0, high: 1 };
  const z = QUANTILES[confidence];
  const share = numSuccesses / total;
  const shrinkage = 1 + z ** 2 / total;
  const center = (share + z ** 2 / (2 * total)) / shrinkage;
  const margin = (z * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2))) / shrinkage;
  return { low: Math.max(0, center - margin), high: Math.min(1, center + margin) };
}
