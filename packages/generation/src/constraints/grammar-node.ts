import type { CharacterTest } from '@cloze/tokenizer';

/** A character of a set. */
export interface CharacterSet {
  readonly kind: 'set';
  readonly test: CharacterTest;
  /** The code point, where there is just one. */
  readonly only?: number | undefined;
}

/** A part of a grammar. */
export type GrammarNode =
  | { readonly kind: 'empty' }
  | CharacterSet
  | { readonly kind: 'sequence'; readonly parts: readonly GrammarNode[] }
  | { readonly kind: 'choice'; readonly options: readonly GrammarNode[] }
  /** `most`: Infinity = no bound. */
  | { readonly kind: 'repeat'; readonly part: GrammarNode; readonly least: number; readonly most: number }
  | { readonly kind: 'rule'; readonly name: string };

/** Rules by name. A text is whole when it is what the rule `root` says. */
export type Grammar = ReadonlyMap<string, GrammarNode>;

/** The rule that texts are held to. */
export const ROOT = 'root';
