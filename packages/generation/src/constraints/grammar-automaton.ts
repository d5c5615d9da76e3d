import { ClozeError } from '@cloze/core';
import type { CharacterSet } from './grammar-node.ts';
import type { GrammarProgram } from './grammar-program.ts';

/** Where in a grammar a text may be. */
export interface GrammarState {
  /** Each a place in the program that waits for a character, and the places to return to. */
  readonly places: readonly Place[];
  /** Whether the text so far is whole. */
  readonly isWhole: boolean;
  /** What characters lead to, as far as it is known. */
  readonly next: Map<number, GrammarState | undefined>;
}

interface Place {
  readonly step: number;
  readonly stack: Stack;
}

/** Where rules return to, innermost first. Equal stacks are one object. */
interface Stack {
  readonly id: number;
  readonly step: number;
  readonly below: Stack | undefined;
  readonly above: Map<number, Stack>;
}

/** In one state: an ambiguous grammar could be in ever more places. */
const MOST_PLACES = 5000;

/** States that are remembered, after which all are forgotten. */
const MOST_STATES = 20_000;

/** Places looked at for one question. It takes about a second. */
const MOST_WORK = 50_000_000;

/**
 * Follows a grammar character by character, in all places at once where it may be: a pushdown automaton whose states are computed when they are
 * reached. The time per character is bounded.
 *
 * @see Thompson 1968, "Regular Expression Search Algorithm".
 */
export class GrammarAutomaton {
  readonly #program: GrammarProgram;
  readonly #states = new Map<string, GrammarState>();
  readonly #ranges = new Map<CharacterSet, Map<number, boolean>>();
  readonly start: GrammarState;
  #numStacks = 0;
  #work = 0;

  constructor(program: GrammarProgram) {
    this.#program = program;
    const bottom: Stack = { id: this.#numStacks++, step: -1, below: undefined, above: new Map() };
    this.start = this.#stateOf([{ step: program.start, stack: bottom }]);
  }

  /** Called before each question, whose work is then limited. */
  beginQuestion(): void {
    this.#work = 0;
  }

  /** The state after a character; undefined where it must not follow. */
  next(state: GrammarState, codePoint: number): GrammarState | undefined {
    const known = state.next.get(codePoint);
    if (known !== undefined || state.next.has(codePoint)) return known;
    this.#count(state.places.length);
    const reached = state.places.filter(({ step }) => this.#takes(step, codePoint));
    const next =
      reached.length === 0 ? undefined : this.#stateOf(reached.map(({ step, stack }) => ({ step: step + 1, stack })));
    state.next.set(codePoint, next);
    return next;
  }

  /** Whether some character between two code points, of whose UTF-8 the first bytes are known, may follow. */
  canTakeBetween(state: GrammarState, from: number, to: number): boolean {
    return state.places.some(({ step }) => {
      const set = this.#program.instructions[step];
      return set?.kind === 'set' && this.#overlaps(set, from, to);
    });
  }

  #takes(step: number, codePoint: number): boolean {
    const set = this.#program.instructions[step];
    return set?.kind === 'set' && (set.only === undefined ? set.test(codePoint) : set.only === codePoint);
  }

  #overlaps(set: CharacterSet, from: number, to: number): boolean {
    if (set.only !== undefined) return set.only >= from && set.only <= to;
    const known = this.#ranges.get(set) ?? new Map<number, boolean>();
    this.#ranges.set(set, known);
    // Ranges of different sizes never begin and end alike.
    const key = from * 0x110000 + to;
    const answer = known.get(key);
    if (answer !== undefined) return answer;
    let codePoint = from;
    while (codePoint <= to && !set.test(codePoint)) codePoint++;
    this.#count(codePoint - from);
    known.set(key, codePoint <= to);
    return codePoint <= to;
  }

  /** Follows everything that reads no character. */
  #stateOf(begin: readonly Place[]): GrammarState {
    const places: Place[] = [];
    const seen = new Set<string>();
    const open = [...begin];
    let isWhole = false;
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const { step, stack } = place;
      const key = `${step}|${stack.id}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > MOST_PLACES) throw tooMuch(`be in ${MOST_PLACES} places at once`);
      const instruction = this.#program.instructions[step];
      if (instruction?.kind === 'set') places.push(place);
      else if (instruction?.kind === 'jump') open.push({ step: instruction.to, stack });
      else if (instruction?.kind === 'fork') for (const to of instruction.to) open.push({ step: to, stack });
      else if (instruction?.kind === 'call') open.push({ step: instruction.to, stack: this.#above(stack, step + 1) });
      else if (stack.below === undefined) isWhole = true;
      else open.push({ step: stack.step, stack: stack.below });
    }
    this.#count(seen.size);
    return this.#remembered(places, isWhole);
  }

  /** A rule that ends with another one need not be returned to: so lists that end with themselves do not pile up. */
  #above(stack: Stack, step: number): Stack {
    let returnTo = step;
    for (let next = this.#program.instructions[returnTo]; next?.kind === 'jump';) {
      returnTo = next.to;
      next = this.#program.instructions[returnTo];
    }
    if (this.#program.instructions[returnTo]?.kind === 'return') return stack;
    const known = stack.above.get(returnTo);
    if (known !== undefined) return known;
    const created: Stack = { id: this.#numStacks++, step: returnTo, below: stack, above: new Map() };
    stack.above.set(returnTo, created);
    return created;
  }

  #remembered(places: readonly Place[], isWhole: boolean): GrammarState {
    const keys = places.map(({ step, stack }) => `${step}|${stack.id}`).sort();
    const key = `${keys.join(' ')}${isWhole ? ' whole' : ''}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const state: GrammarState = { places, isWhole, next: new Map() };
    if (this.#states.size >= MOST_STATES) this.#states.clear();
    this.#states.set(key, state);
    return state;
  }

  #count(work: number): void {
    this.#work += work;
    if (this.#work > MOST_WORK) throw tooMuch('take so long to follow');
  }
}

function tooMuch(what: string): ClozeError {
  return new ClozeError('RESOURCE_LIMIT', {
    message: `A constraint must not ${what}.`,
    hint: 'Make it less ambiguous, or its repeats smaller.',
  });
}
