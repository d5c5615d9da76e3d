import type { MethodName } from '@cloze/peft';

/** For {@link BASE_SIZE} parameters. */
const BASE_RATE = 2e-5;
/** Of BERT base, for which the rate is published. */
const BASE_SIZE = 110e6;
const HIGHEST_RATE = 1e-2;

/** What trains few parameters takes higher rates: as the papers have it, roughly. */
const FACTORS: Readonly<Partial<Record<MethodName, number>>> = {
  full: 1,
  lora: 10,
  dora: 10,
  adapter: 10,
  houlsby: 10,
};
const OTHER_FACTOR = 50;

/**
 * A learning rate to begin with: BERT's 2e-5 for the 110 M parameters of BERT base, higher by the root of the size for smaller models, and higher for
 * methods that train little. A guess that is rarely far off; the best rate is found by trying.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", appendix A.3.
 */
export function defaultLearningRate(method: MethodName, numParameters: number): number {
  const rate = BASE_RATE * Math.sqrt(BASE_SIZE / numParameters) * (FACTORS[method] ?? OTHER_FACTOR);
  return Number(Math.min(HIGHEST_RATE, rate).toPrecision(2));
}
