import type { CharacterTest } from './character-test.ts';

/** One step of a compiled regular expression. */
export type Instruction =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  /** As many characters as possible, never fewer (a possessive quantifier). */
  | { readonly kind: 'span'; readonly test: CharacterTest; readonly least: number; readonly most: number }
  /** Try `first`, then `second`. `memo` numbers the places where ways part. */
  | { readonly kind: 'fork'; first: number; second: number; readonly memo: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'match' };

/** A compiled regular expression. */
export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  readonly numForks: number;
}

/** Parts of a regular expression, as the parser builds them. */
export type RegexNode =
  | { readonly kind: 'empty' }
  /** `only`: the code point, where there is just one. */
  | { readonly kind: 'set'; readonly test: CharacterTest; readonly only?: number }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: RegexNode;
      readonly least: number;
      /** Infinity = no bound. */
      readonly most: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    };

/** Larger programs are refused: time and memory per character grow with them. */
export const MOST_INSTRUCTIONS = 2000;

/**
 * Compiles the parts; counted repeats are written out.
 *
 * @returns undefined when the program would have more than `MOST_INSTRUCTIONS` steps.
 */
export function compileRegex(root: RegexNode): RegexProgram | undefined {
  const instructions: Instruction[] = [];
  let numForks = 0;
  // One more than allowed is written at most; the caller then gets nothing.
  const isTooLong = (): boolean => instructions.length > MOST_INSTRUCTIONS;
  const emit = <T extends Instruction>(instruction: T): T => {
    if (!isTooLong()) instructions.push(instruction);
    return instruction;
  };
  const fork = (): Extract<Instruction, { kind: 'fork' }> =>
    emit({ kind: 'fork', first: 0, second: 0, memo: numForks++ });
  /** Points a fork to what comes next now (`here`) or later, by preference. */
  const enter = (where: { first: number; second: number }, prefersHere: boolean): void => {
    if (prefersHere) where.first = instructions.length;
    else where.second = instructions.length;
  };

  const write = (node: RegexNode): void => {
    if (isTooLong()) return;
    if (node.kind === 'set') emit({ kind: 'character', test: node.test });
    else if (node.kind === 'assert') emit({ kind: 'assert', holds: node.holds });
    else if (node.kind === 'sequence') node.parts.forEach(write);
    else if (node.kind === 'choice') writeChoice(node.options);
    else if (node.kind === 'repeat') writeRepeat(node);
  };

  const writeChoice = (options: readonly RegexNode[]): void => {
    const ends: { to: number }[] = [];
    for (const [index, option] of options.entries()) {
      if (index === options.length - 1) {
        write(option);
        break;
      }
      const way = fork();
      enter(way, true);
      write(option);
      ends.push(emit({ kind: 'jump', to: 0 }));
      enter(way, false);
    }
    for (const end of ends) end.to = instructions.length;
  };

  const writeRepeat = ({ part, least, most, mode }: Extract<RegexNode, { kind: 'repeat' }>): void => {
    if (mode === 'possessive' && part.kind === 'set') {
      emit({ kind: 'span', test: part.test, least, most });
      return;
    }
    for (let count = 0; count < least && !isTooLong(); count++) {
      const before = instructions.length;
      write(part);
      // An empty part may be repeated any number of times.
      if (instructions.length === before) break;
    }
    const isGreedy = mode !== 'lazy';
    if (most === Infinity) {
      const way = fork();
      const loop = instructions.length - 1;
      enter(way, isGreedy);
      write(part);
      emit({ kind: 'jump', to: loop });
      enter(way, !isGreedy);
      return;
    }
    const ways = [];
    for (let count = least; count < most && !isTooLong(); count++) {
      const way = fork();
      enter(way, isGreedy);
      write(part);
      ways.push(way);
    }
    for (const way of ways) enter(way, !isGreedy);
  };

  write(root);
  emit({ kind: 'match' });
  return isTooLong() ? undefined : { instructions, numForks };
}
