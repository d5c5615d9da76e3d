import { type Encoding, specialTokensEncoding } from '../encoding.ts';
import { shown, TokenizerError } from '../errors.ts';
import type { JsonOutput } from '../write-json.ts';
import type { PostProcessor } from './post-processor.ts';

/** One place of a template: the first or second text, or a special token. */
export type TemplatePiece =
  { readonly sequence: 'A' | 'B'; readonly typeId: number } | { readonly special: string; readonly typeId: number };

/** A special token of a template: usually one id, but it may stand for several. */
export interface TemplateSpecial {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
}

/** What a template processor is made of. */
export interface TemplateOptions {
  readonly single: readonly TemplatePiece[];
  readonly pair: readonly TemplatePiece[];
  /** By the name that the pieces use. */
  readonly specials: ReadonlyMap<string, TemplateSpecial>;
}

/** Pieces and tokens of a template. */
const MOST_TOKENS = 1024;

/** Puts special tokens around texts as a template says: `[CLS] A [SEP]`, `[CLS] A [SEP] B [SEP]`. */
export class TemplatePostProcessor implements PostProcessor {
  readonly single: readonly TemplatePiece[];
  readonly pair: readonly TemplatePiece[];
  readonly specials: ReadonlyMap<string, TemplateSpecial>;

  /** @throws {TokenizerError} `TOKENIZER_TEMPLATE` when a piece names no special token, or `pair` lacks a text; `RESOURCE_LIMIT`. */
  constructor({ single, pair, specials }: TemplateOptions) {
    this.single = single;
    this.pair = pair;
    this.specials = specials;
    for (const [name, pieces] of [
      ['single', single],
      ['pair', pair],
    ] as const) {
      const size = pieces.length + this.numAddedTokens(name === 'pair');
      if (size > MOST_TOKENS) {
        throw new TokenizerError('RESOURCE_LIMIT', `a template must have at most ${MOST_TOKENS} tokens`, {
          actual: `${size}`,
        });
      }
    }
    for (const piece of [...single, ...pair]) {
      if ('special' in piece && !specials.has(piece.special)) {
        throw new TokenizerError('TOKENIZER_TEMPLATE', `special_tokens must define ${shown(piece.special)}`);
      }
    }
    if (single.some((piece) => 'sequence' in piece && piece.sequence === 'B')) {
      throw new TokenizerError('TOKENIZER_TEMPLATE', 'the template of a single text must not use the second text');
    }
  }

  numAddedTokens(isPair: boolean): number {
    const pieces = isPair ? this.pair : this.single;
    return pieces.reduce(
      (sum, piece) => sum + ('special' in piece ? (this.specials.get(piece.special)?.ids.length ?? 0) : 0),
      0,
    );
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): Encoding[] {
    const pieces = encodings.length > 1 ? this.pair : this.single;
    return pieces.flatMap((piece) => {
      if ('sequence' in piece) {
        const index = piece.sequence === 'A' ? 0 : 1;
        return encodings[index]?.withSequence(index, piece.typeId) ?? [];
      }
      const special = this.specials.get(piece.special);
      if (!addSpecialTokens || special === undefined) return [];
      return specialTokensEncoding(special.ids, special.tokens, piece.typeId);
    });
  }

  toJson(): JsonOutput {
    const specials = [...this.specials].map(([id, { ids, tokens }]) => [id, { id, ids, tokens }] as const);
    return {
      type: 'TemplateProcessing',
      single: this.single.map(pieceJson),
      pair: this.pair.map(pieceJson),
      special_tokens: new Map(specials),
    };
  }
}

function pieceJson(piece: TemplatePiece): JsonOutput {
  if ('sequence' in piece) return { Sequence: { id: piece.sequence, type_id: piece.typeId } };
  return { SpecialToken: { id: piece.special, type_id: piece.typeId } };
}
