import type { Encoding } from '../encoding.ts';
import type { JsonOutput } from '../write-json.ts';
import { specialsOf, type TokenAndId } from './bert.ts';
import type { PostProcessor } from './post-processor.ts';
import { TemplatePostProcessor } from './template.ts';
import { trimOffsets } from './trim-offsets.ts';

/** Settings of the post-processor of RoBERTa and BART. */
export interface RobertaPostProcessorOptions {
  readonly separator: TokenAndId;
  readonly classifier: TokenAndId;
  /** Leave the white space of byte-level tokens out of their offsets. Default true. */
  readonly trimOffsets?: boolean;
  /** As in the pre-tokenizer. Default true. */
  readonly addPrefixSpace?: boolean;
}

/** `<s> A </s>` and `<s> A </s> </s> B </s>`, all of type 0. */
export class RobertaPostProcessor implements PostProcessor {
  readonly options: RobertaPostProcessorOptions;
  readonly #template: TemplatePostProcessor;

  constructor(options: RobertaPostProcessorOptions) {
    this.options = options;
    const sep = { special: 'sep', typeId: 0 };
    const first = [{ special: 'cls', typeId: 0 }, { sequence: 'A', typeId: 0 }, sep] as const;
    this.#template = new TemplatePostProcessor({
      single: first,
      pair: [...first, sep, { sequence: 'B', typeId: 0 }, sep],
      specials: specialsOf(options.separator, options.classifier),
    });
  }

  numAddedTokens(isPair: boolean): number {
    return this.#template.numAddedTokens(isPair);
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): Encoding[] {
    const { trimOffsets: trims = true, addPrefixSpace = true } = this.options;
    const trimmed = trims ? encodings.map((encoding) => trimOffsets(encoding, addPrefixSpace)) : encodings;
    return this.#template.process(trimmed, addSpecialTokens);
  }

  toJson(): JsonOutput {
    return {
      type: 'RobertaProcessing',
      sep: this.options.separator,
      cls: this.options.classifier,
      trim_offsets: this.options.trimOffsets ?? true,
      add_prefix_space: this.options.addPrefixSpace ?? true,
    };
  }
}
