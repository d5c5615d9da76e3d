import type { Encoding } from '../encoding.ts';
import type { JsonOutput } from '../write-json.ts';
import type { PostProcessor } from './post-processor.ts';
import { TemplatePostProcessor } from './template.ts';

/** A special token and its id. */
export type TokenAndId = readonly [token: string, id: number];

/** `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`, types 0 and 1. */
export class BertPostProcessor implements PostProcessor {
  readonly separator: TokenAndId;
  readonly classifier: TokenAndId;
  readonly #template: TemplatePostProcessor;

  constructor({ separator, classifier }: { readonly separator: TokenAndId; readonly classifier: TokenAndId }) {
    this.separator = separator;
    this.classifier = classifier;
    const cls = { special: 'cls', typeId: 0 };
    const first = [cls, { sequence: 'A', typeId: 0 }, { special: 'sep', typeId: 0 }] as const;
    this.#template = new TemplatePostProcessor({
      single: first,
      pair: [...first, { sequence: 'B', typeId: 1 }, { special: 'sep', typeId: 1 }],
      specials: specialsOf(separator, classifier),
    });
  }

  numAddedTokens(isPair: boolean): number {
    return this.#template.numAddedTokens(isPair);
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): Encoding[] {
    return this.#template.process(encodings, addSpecialTokens);
  }

  toJson(): JsonOutput {
    return { type: 'BertProcessing', sep: this.separator, cls: this.classifier };
  }
}

/** The two special tokens of BERT's and RoBERTa's templates. */
export function specialsOf(
  separator: TokenAndId,
  classifier: TokenAndId,
): Map<string, { ids: number[]; tokens: string[] }> {
  return new Map([
    ['sep', { ids: [separator[1]], tokens: [separator[0]] }],
    ['cls', { ids: [classifier[1]], tokens: [classifier[0]] }],
  ]);
}
