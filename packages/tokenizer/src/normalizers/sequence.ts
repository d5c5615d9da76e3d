import type { NormalizedString } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import type { Normalizer } from './normalizer.ts';

/** One normalizer after the other. */
export class SequenceNormalizer implements Normalizer {
  readonly normalizers: readonly Normalizer[];

  constructor(normalizers: readonly Normalizer[]) {
    this.normalizers = normalizers;
  }

  normalize(text: NormalizedString): NormalizedString {
    return this.normalizers.reduce((result, normalizer) => normalizer.normalize(result), text);
  }

  toJson(): JsonOutput {
    return { type: 'Sequence', normalizers: this.normalizers.map((normalizer) => normalizer.toJson()) };
  }
}
