import { ClozeError } from '@cloze/core';
import { ROOT, type CharacterSet, type Grammar, type GrammarNode } from './grammar-node.ts';

/** One step of a compiled grammar. */
export type GrammarInstruction =
  | CharacterSet
  | { readonly kind: 'fork'; readonly to: number[] }
  | { readonly kind: 'jump'; to: number }
  /** Of another rule; what follows it comes next. */
  | { readonly kind: 'call'; readonly name: string; to: number }
  | { readonly kind: 'return' };

/** A compiled grammar. */
export interface GrammarProgram {
  readonly instructions: readonly GrammarInstruction[];
  readonly start: number;
}

const MOST_INSTRUCTIONS = 20_000;

/**
 * Compiles a grammar; counted repeats are written out.
 *
 * @throws {ClozeError} `RESOURCE_LIMIT` when that makes too many steps.
 */
export function compileGrammar(grammar: Grammar): GrammarProgram {
  const writer = new ProgramWriter();
  const starts = new Map<string, number>();
  for (const [name, node] of grammar) {
    starts.set(name, writer.instructions.length);
    writer.write(node);
    writer.emit({ kind: 'return' });
  }
  for (const instruction of writer.instructions)
    if (instruction.kind === 'call') instruction.to = starts.get(instruction.name) ?? 0;
  return { instructions: writer.instructions, start: starts.get(ROOT) ?? 0 };
}

class ProgramWriter {
  readonly instructions: GrammarInstruction[] = [];

  emit<T extends GrammarInstruction>(instruction: T): T {
    if (this.instructions.length >= MOST_INSTRUCTIONS) {
      throw new ClozeError('RESOURCE_LIMIT', {
        message: `A constraint must have at most ${MOST_INSTRUCTIONS} steps when its repeats are written out.`,
        hint: 'Make its counted repeats smaller.',
      });
    }
    this.instructions.push(instruction);
    return instruction;
  }

  write(node: GrammarNode): void {
    if (node.kind === 'set') this.emit(node);
    else if (node.kind === 'rule') this.emit({ kind: 'call', name: node.name, to: 0 });
    else if (node.kind === 'choice') this.#writeChoice(node.options);
    else if (node.kind === 'repeat') this.#writeRepeat(node);
    else if (node.kind === 'sequence') for (const part of node.parts) this.write(part);
  }

  get #here(): number {
    return this.instructions.length;
  }

  #writeChoice(options: readonly GrammarNode[]): void {
    const fork = this.emit({ kind: 'fork', to: [] as number[] });
    const ends = options.map((option) => {
      fork.to.push(this.#here);
      this.write(option);
      return this.emit({ kind: 'jump', to: 0 });
    });
    for (const end of ends) end.to = this.#here;
  }

  #writeRepeat({ part, least, most }: Extract<GrammarNode, { kind: 'repeat' }>): void {
    for (let count = 0; count < least; count++) this.write(part);
    if (most === Infinity) {
      const loop = this.#here;
      const fork = this.emit({ kind: 'fork', to: [loop + 1] });
      this.write(part);
      this.emit({ kind: 'jump', to: loop });
      fork.to.push(this.#here);
      return;
    }
    const forks = [];
    for (let count = least; count < most; count++) {
      const fork = this.emit({ kind: 'fork', to: [this.#here + 1] });
      forks.push(fork);
      this.write(part);
    }
    for (const fork of forks) fork.to.push(this.#here);
  }
}
