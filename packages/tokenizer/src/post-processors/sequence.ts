import type { Encoding } from '../encoding.ts';
import type { JsonOutput } from '../write-json.ts';
import type { PostProcessor } from './post-processor.ts';

/** One post-processor after the other. */
export class SequencePostProcessor implements PostProcessor {
  readonly processors: readonly PostProcessor[];

  constructor(processors: readonly PostProcessor[]) {
    this.processors = processors;
  }

  numAddedTokens(isPair: boolean): number {
    return this.processors.reduce((sum, processor) => sum + processor.numAddedTokens(isPair), 0);
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): Encoding[] {
    return this.processors.reduce((parts, processor) => processor.process(parts, addSpecialTokens), [...encodings]);
  }

  toJson(): JsonOutput {
    return { type: 'Sequence', processors: this.processors.map((processor) => processor.toJson()) };
  }
}
