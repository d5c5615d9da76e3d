import { ClozeError } from '@cloze/core';
import type { LogitsProcessor } from '../logits-processors.ts';
import { GrammarAutomaton, type GrammarState } from './grammar-automaton.ts';
import type { Grammar } from './grammar-node.ts';
import { compileGrammar } from './grammar-program.ts';
import { refuseLeftRecursion } from './left-recursion.ts';
import { parseGrammar } from './parse-grammar.ts';
import { regexGrammar } from './regex-grammar.ts';
import { SortedTokens } from './sorted-tokens.ts';

/** The tokens that a constrained text is made of. */
export interface ConstraintTokens {
  /** By id, what each adds to a text: `tokenBytes(tokenizer)`. Undefined ones are never chosen. */
  readonly bytes: readonly (Uint8Array | undefined)[];
  /** What ends a text, for example the end-of-text token: chosen only where the text is whole. At least one. */
  readonly endTokens: readonly number[];
}

/** How far a text has come, perhaps to the middle of a character. */
export interface ConstraintState {
  readonly grammar: GrammarState;
  readonly character: PartialCharacter | undefined;
}

/** The first bytes of a character. */
interface PartialCharacter {
  readonly value: number;
  readonly numMissing: number;
  /** The smallest code point that needs so many bytes. */
  readonly smallest: number;
}

/** Answers that are kept, each a byte per token. */
const MOST_MASKS = 256;

/**
 * What a text must be, by a regular expression or a grammar: at each step, the tokens with which it can still become that. Give it to generation as
 * `constraint`, with `endTokens` among the `stopTokens`.
 *
 * Texts are matched byte by byte, so tokens may end within characters. What can follow is computed when it is first needed, once per place in the
 * grammar.
 *
 * @see Willard and Louf 2023, "Efficient Guided Generation for Large Language Models". <https://arxiv.org/abs/2307.09702>
 * @example
 * const endTokens = generation.eosTokenIds;
 * const constraint = Constraint.fromRegex('(yes|no)', { bytes: tokenBytes(tokenizer), endTokens });
 * const [answer] = await generateBatch(decoder, [prompt], { constraint, stopTokens: endTokens });
 */
export class Constraint {
  readonly start: ConstraintState;
  readonly #automaton: GrammarAutomaton;
  readonly #bytes: ConstraintTokens['bytes'];
  readonly #endTokens: readonly number[];
  readonly #sorted: SortedTokens;
  readonly #masks = new Map<GrammarState, Uint8Array>();

  private constructor(grammar: Grammar, { bytes, endTokens }: ConstraintTokens) {
    if (endTokens.length === 0) {
      throw new ClozeError('USAGE', {
        message: 'A constraint must have at least one end token, got none.',
        hint: 'Name the end-of-text token, which says that the text is whole.',
      });
    }
    refuseLeftRecursion(grammar);
    this.#automaton = new GrammarAutomaton(compileGrammar(grammar));
    this.#bytes = bytes;
    this.#endTokens = endTokens;
    this.#sorted = new SortedTokens(bytes.map((token, id) => (endTokens.includes(id) ? undefined : token)));
    this.start = { grammar: this.#automaton.start, character: undefined };
    this.allowedAfter(this.start);
  }

  /**
   * @param source a regular expression in the syntax of tokenizers; the whole text matches it.
   * @throws {ClozeError} `USAGE` for syntax that is not supported, or when no token can begin a text; `RESOURCE_LIMIT` when it is too large.
   */
  static fromRegex(source: string, tokens: ConstraintTokens): Constraint {
    return new Constraint(regexGrammar(source), tokens);
  }

  /**
   * @param source a grammar in GBNF, see `parseGrammar`; its rule `root` is the whole text. No rule may begin with itself.
   * @throws as {@link Constraint.fromRegex}.
   */
  static fromGrammar(source: string, tokens: ConstraintTokens): Constraint {
    return new Constraint(parseGrammar(source), tokens);
  }

  /** The state after a token; undefined where it must not follow, and after an end token. */
  after(state: ConstraintState, id: number): ConstraintState | undefined {
    let next: ConstraintState | undefined = this.#endTokens.includes(id) ? undefined : state;
    for (const byte of this.#bytes[id] ?? []) next = next && this.#step(next, byte);
    return next === state ? undefined : next;
  }

  /**
   * The tokens that may follow.
   *
   * @returns [V], 1 = may follow, end tokens included.
   * @throws {ClozeError} `USAGE` when there is none: the vocabulary cannot write what the constraint asks for.
   */
  allowedAfter(state: ConstraintState): Uint8Array {
    const known = state.character === undefined ? this.#masks.get(state.grammar) : undefined;
    if (known !== undefined) return known;
    this.#automaton.beginQuestion();
    const mask = new Uint8Array(Math.max(this.#bytes.length, ...this.#endTokens.map((id) => id + 1)));
    this.#sorted.forEachReadable(
      state,
      (from, byte) => this.#step(from, byte),
      (id, to) => {
        if (this.#canGoOn(to)) mask[id] = 1;
      },
    );
    if (state.character === undefined && state.grammar.isWhole) for (const id of this.#endTokens) mask[id] = 1;
    if (!mask.includes(1)) {
      throw new ClozeError('USAGE', {
        message: 'No token can continue the text as its constraint asks for.',
        hint: 'Allow characters that the vocabulary can write.',
      });
    }
    if (this.#masks.size >= MOST_MASKS) this.#masks.clear();
    if (state.character === undefined) this.#masks.set(state.grammar, mask);
    return mask;
  }

  /** Leaves those tokens to choose from that may follow the new ones so far. */
  processor(): LogitsProcessor {
    return (scores, ids, numNew) => {
      let state: ConstraintState | undefined = this.start;
      for (const id of ids.slice(ids.length - numNew)) state = state && this.after(state, id);
      // After its end, nothing is asked of a text.
      if (state === undefined) return;
      const mask = this.allowedAfter(state);
      for (let id = 0; id < scores.length; id++) if (mask[id] !== 1) scores[id] = -Infinity;
    };
  }

  #step({ grammar, character }: ConstraintState, byte: number): ConstraintState | undefined {
    if (character === undefined) {
      if (byte < 0x80) return this.#take(grammar, byte);
      const begun = firstByte(byte);
      return begun && { grammar, character: begun };
    }
    if (byte >> 6 !== 2) return undefined;
    const { numMissing, smallest } = character;
    const value = (character.value << 6) | (byte & 0x3f);
    if (numMissing > 1) return { grammar, character: { value, numMissing: numMissing - 1, smallest } };
    return isCharacter(value, smallest) ? this.#take(grammar, value) : undefined;
  }

  #take(from: GrammarState, codePoint: number): ConstraintState | undefined {
    const grammar = this.#automaton.next(from, codePoint);
    return grammar && { grammar, character: undefined };
  }

  /** Whether some character that begins so may follow. */
  #canGoOn({ grammar, character }: ConstraintState): boolean {
    if (character === undefined) return true;
    const { value, numMissing, smallest } = character;
    const from = value << (6 * numMissing);
    const to = from + (1 << (6 * numMissing)) - 1;
    const ranges = [
      [Math.max(from, smallest), Math.min(to, 0xd7ff)],
      [Math.max(from, smallest, 0xe000), Math.min(to, 0x10ffff)],
    ] as const;
    return ranges.some(([low, high]) => low <= high && this.#automaton.canTakeBetween(grammar, low, high));
  }
}

/** @returns undefined for a byte that begins no character. */
function firstByte(byte: number): PartialCharacter | undefined {
  if (byte >= 0xc2 && byte < 0xe0) return { value: byte & 0x1f, numMissing: 1, smallest: 0x80 };
  if (byte >= 0xe0 && byte < 0xf0) return { value: byte & 0xf, numMissing: 2, smallest: 0x800 };
  return byte >= 0xf0 && byte < 0xf5 ? { value: byte & 7, numMissing: 3, smallest: 0x10000 } : undefined;
}

function isCharacter(codePoint: number, smallest: number): boolean {
  return codePoint >= smallest && codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
}
