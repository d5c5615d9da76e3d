import { ClozeError } from '@cloze/core';
import { ROOT, type Grammar, type GrammarNode } from './grammar-node.ts';

const ESCAPES: ReadonlyMap<string, number> = new Map([
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);

/** Nesting of groups, and characters of a grammar. */
const DEEPEST = 100;
const LONGEST = 100_000;

/**
 * Reads a grammar in GBNF, the form of llama.cpp: rules `name ::= ...` of literals `"..."`, sets `[a-z]` and `[^"]`, any character `.`, other rules,
 * groups, alternatives `|` and repeats `* + ? {m} {m,} {m,n}`; `#` begins a comment. The rule `root` is what a text must be.
 *
 * @throws {ClozeError} `USAGE` with line and column of what is no grammar; when a rule is missing.
 * @see <https://github.com/ggml-org/llama.cpp/blob/b4000/grammars/README.md>
 */
export function parseGrammar(source: string): Grammar {
  return new GrammarParser(source).parse();
}

class GrammarParser {
  readonly #source: string;
  readonly #rules = new Map<string, GrammarNode>();
  readonly #named = new Map<string, number>();
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    if (source.length > LONGEST) this.#fail(`a grammar must have at most ${LONGEST} characters`);
  }

  parse(): Grammar {
    this.#skip();
    while (this.#at < this.#source.length) {
      this.#rule();
      this.#skip();
    }
    if (!this.#rules.has(ROOT)) this.#fail(`there must be a rule ${ROOT}`);
    for (const [name, at] of this.#named) {
      if (this.#rules.has(name)) continue;
      this.#at = at;
      this.#fail(`a rule that is used must be defined, but ${name} is not`);
    }
    return this.#rules;
  }

  #rule(): void {
    const name = this.#match(/[A-Za-z][\w-]*/y) ?? this.#fail('a rule must begin with its name');
    this.#skip();
    if (this.#match(/::=/y) === undefined) this.#fail("'::=' must follow the name of a rule");
    if (this.#rules.has(name)) this.#fail(`a rule must be defined once, but ${name} is again`);
    this.#rules.set(name, this.#choice());
  }

  #choice(): GrammarNode {
    if (++this.#depth > DEEPEST) this.#fail(`groups must be nested at most ${DEEPEST} deep`);
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    this.#depth--;
    return options.length === 1 ? (options[0] ?? { kind: 'empty' }) : { kind: 'choice', options };
  }

  #sequence(): GrammarNode {
    const parts: GrammarNode[] = [];
    for (let part = this.#repeated(); part !== undefined; part = this.#repeated()) parts.push(part);
    return { kind: 'sequence', parts };
  }

  #repeated(): GrammarNode | undefined {
    let node = this.#atom();
    if (node === undefined) return undefined;
    for (let bounds = this.#bounds(); bounds !== undefined; bounds = this.#bounds()) {
      const [least, most] = bounds;
      node = { kind: 'repeat', part: node, least, most };
    }
    return node;
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    if (!this.#take('{')) return undefined;
    const [, low = '', comma = '', high = ''] =
      /^(\d{1,5})(,?)(\d{0,5})\}/.exec(this.#match(/[^}]*\}/y) ?? '') ??
      this.#fail('a repeat must be {m}, {m,} or {m,n}');
    const least = Number(low);
    const most = comma === '' ? least : high === '' ? Infinity : Number(high);
    return most < least ? this.#fail('a repeat must not end below its beginning') : [least, most];
  }

  /** Undefined at the end of a sequence: before `|`, `)`, the next rule or the end. */
  #atom(): GrammarNode | undefined {
    this.#skip();
    if (this.#take('"')) return this.#literal();
    if (this.#take('[')) return this.#set();
    if (this.#take('.')) return { kind: 'set', test: () => true };
    if (this.#take('(')) {
      const node = this.#choice();
      return this.#take(')') ? node : this.#fail("')' must close the group");
    }
    const start = this.#at;
    const name = this.#match(/[A-Za-z][\w-]*(?!\s*::=|[\w-])/y);
    if (name !== undefined) {
      if (!this.#named.has(name)) this.#named.set(name, start);
      return { kind: 'rule', name };
    }
    if (this.#at === this.#source.length || /[|)A-Za-z]/.test(this.#source[this.#at] ?? '')) return undefined;
    return this.#fail('there must be a literal, a set, a group or the name of a rule here');
  }

  #literal(): GrammarNode {
    const parts: GrammarNode[] = [];
    while (this.#source[this.#at] !== '"') {
      const only = this.#character('the literal');
      parts.push({ kind: 'set', test: (codePoint) => codePoint === only, only });
    }
    this.#at++;
    return { kind: 'sequence', parts };
  }

  #set(): GrammarNode {
    const isNegated = this.#source[this.#at] === '^';
    if (isNegated) this.#at++;
    const ranges: (readonly [number, number])[] = [];
    while (this.#source[this.#at] !== ']') {
      const from = this.#character('the set');
      const isRange = this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']';
      if (isRange) this.#at++;
      const to = isRange ? this.#character('the set') : from;
      if (to < from) this.#fail('a range must not end below its beginning');
      ranges.push([from, to]);
    }
    this.#at++;
    const test = (codePoint: number): boolean =>
      ranges.some(([from, to]) => codePoint >= from && codePoint <= to) !== isNegated;
    return { kind: 'set', test };
  }

  /** A code point, as itself or escaped. */
  #character(of: string): number {
    const codePoint = this.#source.codePointAt(this.#at);
    if (codePoint === undefined) return this.#fail(`${of} must be closed`);
    this.#at += codePoint > 0xffff ? 2 : 1;
    if (codePoint !== 0x5c) return codePoint;
    const hex = this.#match(/x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y);
    if (hex !== undefined) {
      const value = Number.parseInt(hex.slice(1), 16);
      return value > 0x10ffff ? this.#fail('a code point must be at most 10FFFF') : value;
    }
    const letter = this.#match(/[nrt\\"[\]^-]/y) ?? this.#fail('there must be no such escape');
    return ESCAPES.get(letter) ?? letter.charCodeAt(0);
  }

  /** After blanks and comments. */
  #take(character: string): boolean {
    this.#skip();
    if (this.#source[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skip(): void {
    this.#match(/(?:\s+|#[^\n]*)*/y);
  }

  /** @param pattern sticky. */
  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(rule: string): never {
    const lines = this.#source.slice(0, this.#at).split('\n');
    const [line, column] = [lines.length, (lines.at(-1)?.length ?? 0) + 1];
    throw new ClozeError('USAGE', {
      message: `In the grammar of a constraint, ${rule}.`,
      hint: 'See the syntax of GBNF.',
      line,
      column,
    });
  }
}
