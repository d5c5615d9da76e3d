import { TokenizerError } from '../errors.ts';
import { codePointWidth } from '../normalized-string.ts';
import type { JsonOutput } from '../write-json.ts';
import { parseRegex } from './parse-regex.ts';
import type { Pattern } from './pattern.ts';
import { compileRegex, MOST_INSTRUCTIONS, type RegexProgram } from './regex-program.ts';

/** Bytes that the memory of failed ways may take. */
const MOST_MEMO_BYTES = 1 << 28;

/**
 * A regular expression, searched for with backtracking that remembers where it has failed: no place of the pattern is tried twice at one place of the text,
 * not even by later searches in the same text, so that all matches together take time linear in the text. JavaScript's own engine never sees a pattern
 * from a file.
 */
export class RegexPattern implements Pattern {
  readonly source: string;
  readonly #program: RegexProgram;
  /** One bit per fork and position: failed from here. */
  #memo = new Uint8Array(0);
  #stack = new Int32Array(64);

  /** @throws {TokenizerError} `TOKENIZER_PATTERN`. */
  constructor(source: string) {
    this.source = source;
    const program = compileRegex(parseRegex(source));
    if (program === undefined) {
      throw new TokenizerError(
        'TOKENIZER_PATTERN',
        `a pattern must have at most ${MOST_INSTRUCTIONS} steps when its repeats are written out`,
      );
    }
    this.#program = program;
  }

  forEachMatch(text: string, found: (start: number, end: number) => void): void {
    this.#forget(text.length);
    let last = -1;
    for (let start = 0; start <= text.length;) {
      const end = this.#matchAt(text, start);
      // As in the reference, an empty match does not follow another match at once.
      if (end === -1 || (end === start && start === last)) {
        start += start < text.length ? codePointWidth(text, start) : 1;
        continue;
      }
      found(start, end);
      last = end;
      // What succeeded at the end must be free to succeed again.
      for (let fork = 0; fork < this.#program.numForks; fork++) this.#clear(end * this.#program.numForks + fork);
      start = end > start ? end : end + (end < text.length ? codePointWidth(text, end) : 1);
    }
  }

  toJson(): JsonOutput {
    return { Regex: this.source };
  }

  /** End of the match that begins at `start`, or -1. */
  #matchAt(text: string, start: number): number {
    const { instructions, numForks } = this.#program;
    let depth = 0;
    let step = 0;
    let at = start;
    for (;;) {
      const instruction = instructions[step];
      let isAlive = true;
      if (instruction?.kind === 'character') {
        const codePoint = text.codePointAt(at);
        if (codePoint !== undefined && instruction.test(codePoint)) {
          at += codePoint > 0xffff ? 2 : 1;
          step++;
        } else {
          isAlive = false;
        }
      } else if (instruction?.kind === 'fork') {
        if (this.#mark(at * numForks + instruction.memo)) {
          if (2 * depth + 2 > this.#stack.length) this.#growStack();
          this.#stack[2 * depth] = instruction.second;
          this.#stack[2 * depth++ + 1] = at;
          step = instruction.first;
        } else {
          isAlive = false;
        }
      } else if (instruction?.kind === 'jump') {
        step = instruction.to;
      } else if (instruction?.kind === 'assert') {
        if (instruction.holds(text, at)) step++;
        else isAlive = false;
      } else if (instruction?.kind === 'span') {
        let count = 0;
        while (count < instruction.most && at < text.length && instruction.test(text.codePointAt(at) ?? 0)) {
          at += codePointWidth(text, at);
          count++;
        }
        if (count >= instruction.least) step++;
        else isAlive = false;
      } else {
        return at;
      }
      if (isAlive) continue;
      if (depth === 0) return -1;
      step = this.#stack[2 * --depth] ?? 0;
      at = this.#stack[2 * depth + 1] ?? 0;
    }
  }

  /** True when the bit was not set yet. */
  #mark(bit: number): boolean {
    const byte = Math.floor(bit / 8);
    const mask = 1 << (bit % 8);
    const before = this.#memo[byte] ?? 0;
    if ((before & mask) !== 0) return false;
    this.#memo[byte] = before | mask;
    return true;
  }

  #clear(bit: number): void {
    const byte = Math.floor(bit / 8);
    this.#memo[byte] = (this.#memo[byte] ?? 0) & ~(1 << (bit % 8));
  }

  #forget(length: number): void {
    const bytes = Math.ceil(((length + 1) * this.#program.numForks) / 8) + 1;
    if (bytes > MOST_MEMO_BYTES) {
      throw new TokenizerError(
        'RESOURCE_LIMIT',
        `a pattern with ${this.#program.numForks} forks must not be searched for in ${length} characters`,
        {
          hint: 'Encode the text in parts.',
        },
      );
    }
    if (bytes > this.#memo.length) this.#memo = new Uint8Array(2 * bytes);
    else this.#memo.fill(0, 0, bytes);
  }

  #growStack(): void {
    const larger = new Int32Array(2 * this.#stack.length);
    larger.set(this.#stack);
    this.#stack = larger;
  }
}
