import { shown, TokenizerError } from '../errors.ts';
import { codePointWidth } from '../normalized-string.ts';
import { type CharacterTest, ignoringCase, namedTest, remembered } from './character-test.ts';
import type { RegexNode } from './regex-program.ts';

/** Characters of a pattern. */
const LONGEST = 4096;
/** Nesting of groups. */
const DEEPEST = 50;
const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['f', 0x0c],
  ['v', 0x0b],
  ['a', 0x07],
  ['e', 0x1b],
]);

/**
 * Parses the part of Oniguruma's syntax that tokenizers use: sets, properties, groups, alternatives, greedy, lazy and possessive repeats, anchors, and
 * looking at one character ahead or behind.
 *
 * @throws {TokenizerError} `TOKENIZER_PATTERN` with the offset of what it does not know: backreferences, longer lookarounds, other groups.
 */
export function parseRegex(source: string): RegexNode {
  if (source.length <= LONGEST) return new RegexParser(source).parse();
  throw new TokenizerError('TOKENIZER_PATTERN', `a pattern must have at most ${LONGEST} characters`, {
    actual: `${source.length}`,
  });
}

class RegexParser {
  readonly #source: string;
  #at = 0;
  #depth = 0;
  #ignoresCase = false;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): RegexNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) this.#fail("')' must close a group");
    return node;
  }

  #choice(): RegexNode {
    if (++this.#depth > DEEPEST) this.#fail(`groups must be nested at most ${DEEPEST} deep`);
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    this.#depth--;
    return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'choice', options };
  }

  #sequence(): RegexNode {
    const parts: RegexNode[] = [];
    while (this.#at < this.#source.length && !this.#sees('|') && !this.#sees(')')) parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): RegexNode {
    let node = this.#atom();
    for (let bounds = this.#bounds(); bounds !== undefined; bounds = this.#bounds()) {
      const [least, most] = bounds;
      let mode: 'greedy' | 'lazy' | 'possessive' = 'greedy';
      if (this.#take('?')) mode = 'lazy';
      else if (this.#take('+')) mode = 'possessive';
      if (mode === 'possessive' && node.kind !== 'set')
        this.#fail('a possessive repeat must be of one character or set');
      if (node.kind === 'assert') this.#fail('an anchor must not be repeated');
      node = { kind: 'repeat', part: node, least, most, mode };
    }
    return node;
  }

  #bounds(): [number, number] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    const counted = /^\{(\d{0,5})(,?)(\d{0,5})\}/.exec(this.#source.slice(this.#at, this.#at + 14));
    if (counted === null || (counted[1] === '' && counted[3] === '')) return undefined;
    const [text, low = '', comma, high = ''] = counted;
    this.#at += text.length;
    const least = Number(low);
    const most = comma === '' ? least : high === '' ? Infinity : Number(high);
    if (most < least) this.#fail('a repeat must not end below its beginning');
    return [least, most];
  }

  #atom(): RegexNode {
    const character = this.#next();
    if (character === '(') return this.#group();
    if (character === '[') return { kind: 'set', test: this.#set() };
    if (character === '.') return { kind: 'set', test: (codePoint) => codePoint !== 0x0a };
    if (character === '^') return { kind: 'assert', holds: (text, at) => at === 0 || text[at - 1] === '\n' };
    if (character === '$') return { kind: 'assert', holds: (text, at) => at === text.length || text[at] === '\n' };
    if (character === '\\') return this.#escapedAtom();
    if (character === '*' || character === '+' || character === '?') this.#fail('a repeat must follow something');
    return this.#single(character.codePointAt(0) ?? 0);
  }

  #escapedAtom(): RegexNode {
    if (this.#take('A')) return { kind: 'assert', holds: (_, at) => at === 0 };
    if (this.#take('z')) return { kind: 'assert', holds: (text, at) => at === text.length };
    if (this.#sees('b') || this.#sees('B')) {
      const isBoundary = this.#next() === 'b';
      const isWord = namedTest('w') ?? (() => false);
      return {
        kind: 'assert',
        holds: (text, at) =>
          (is(isWord, characterBefore(text, at)) !== is(isWord, text.codePointAt(at))) === isBoundary,
      };
    }
    const single = this.#escapedCharacter();
    return single === undefined ? { kind: 'set', test: this.#cased(this.#escapedTest()) } : this.#single(single);
  }

  #single(codePoint: number): RegexNode {
    const test = this.#cased(literal(codePoint));
    return this.#ignoresCase ? { kind: 'set', test } : { kind: 'set', test, only: codePoint };
  }

  #group(): RegexNode {
    const ignoresCase = this.#ignoresCase;
    if (this.#take('?')) {
      const look = ['=', '!', '<=', '<!'].find((kind) => this.#source.startsWith(kind, this.#at));
      if (look !== undefined) {
        this.#at += look.length;
        return this.#look(look);
      }
      const flags = /^(-?i)?(:|\))/.exec(this.#source.slice(this.#at, this.#at + 3));
      if (flags === null) return this.#fail('a group must be (...), (?:...), (?i:...), or a look at one character');
      this.#at += flags[0].length;
      if (flags[1] !== undefined) this.#ignoresCase = flags[1] === 'i';
      // (?i) holds until the end of the group around it.
      if (flags[2] === ')') return { kind: 'empty' };
    }
    const node = this.#choice();
    if (!this.#take(')')) this.#fail("')' must close the group");
    this.#ignoresCase = ignoresCase;
    return node;
  }

  #look(kind: string): RegexNode {
    const inner = this.#choice();
    if (!this.#take(')')) this.#fail("')' must close the group");
    const only = inner.kind === 'sequence' && inner.parts.length === 1 ? inner.parts[0] : inner;
    if (only?.kind !== 'set') return this.#fail('a lookaround must be of one character or set');
    const { test } = only;
    const isWanted = kind.endsWith('=');
    const isBehind = kind.startsWith('<');
    return {
      kind: 'assert',
      holds: (text, at) => {
        const found = isBehind ? characterBefore(text, at) : text.codePointAt(at);
        return (found !== undefined && test(found)) === isWanted;
      },
    };
  }

  /** After `[`. */
  #set(): CharacterTest {
    if (++this.#depth > DEEPEST) this.#fail(`sets must be nested at most ${DEEPEST} deep`);
    const isNegated = this.#take('^');
    const tests: CharacterTest[] = [];
    for (let isFirst = true; isFirst || !this.#take(']'); isFirst = false) {
      if (this.#at >= this.#source.length) this.#fail("']' must close the set");
      if (this.#source.startsWith('&&', this.#at) || this.#source.startsWith('[:', this.#at)) {
        this.#fail('a set must not hold && or [:names:]');
      }
      const character = this.#next();
      if (character === '[') {
        tests.push(this.#set());
        continue;
      }
      const from = character === '\\' ? this.#setEscape(tests) : (character.codePointAt(0) ?? 0);
      if (from === undefined) continue;
      const to = this.#rangeEnd();
      if (to === undefined) tests.push(literal(from));
      else if (to < from) this.#fail('a range must not end below its beginning');
      else tests.push((codePoint) => codePoint >= from && codePoint <= to);
    }
    this.#depth--;
    const isInside = this.#cased((codePoint) => tests.some((test) => test(codePoint)));
    return remembered((codePoint) => isInside(codePoint) !== isNegated);
  }

  /** The character of an escape in a set; a class goes to `tests`. */
  #setEscape(tests: CharacterTest[]): number | undefined {
    const single = this.#escapedCharacter();
    if (single === undefined) tests.push(this.#escapedTest(true));
    return single;
  }

  #rangeEnd(): number | undefined {
    if (!this.#sees('-') || this.#source[this.#at + 1] === ']') return undefined;
    this.#at++;
    const character = this.#next();
    if (character !== '\\') return character.codePointAt(0) ?? 0;
    return this.#escapedCharacter() ?? this.#fail('a range must end with a character');
  }

  #escapedTest(isInSet = false): CharacterTest {
    const single = this.#escapedCharacter();
    if (single !== undefined) return literal(single);
    const letter = this.#next();
    if ('sSwWdD'.includes(letter)) {
      const name = letter.toLowerCase();
      return this.#named(name === 'w' && isInSet ? 'w in a set' : name, letter !== name);
    }
    if (letter !== 'p' && letter !== 'P') return this.#fail(`there must be no escape \\${letter} here`);
    const property = /^(?:\{(\^?)([^}]{1,40})\}|()([A-Z]))/.exec(this.#source.slice(this.#at, this.#at + 50));
    if (property === null) return this.#fail('\\p must be followed by {name}');
    this.#at += property[0].length;
    return this.#named(property[2] ?? property[4] ?? '', (letter === 'P') !== (property[1] === '^'));
  }

  /** The code point of an escape that means one character; undefined (and nothing read) for classes. */
  #escapedCharacter(): number | undefined {
    const letter = this.#source[this.#at];
    if (letter === undefined) return this.#fail('a pattern must not end with a backslash');
    const hex = /^(?:x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/.exec(
      this.#source.slice(this.#at, this.#at + 9),
    );
    if (hex !== null) {
      this.#at += hex[0].length;
      const codePoint = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? hex[4] ?? '0', 16);
      return codePoint > 0x10ffff ? this.#fail('a code point must be at most 10FFFF') : codePoint;
    }
    const control = CONTROL_ESCAPES.get(letter);
    if (control === undefined && /[A-Za-z0-9]/.test(letter)) return undefined;
    const character = this.#next();
    return control ?? character.codePointAt(0);
  }

  #named(name: string, isNegated: boolean): CharacterTest {
    const test = namedTest(name) ?? this.#fail(`there must be no property ${shown(name)} here`);
    return isNegated ? (codePoint) => !test(codePoint) : test;
  }

  #cased(test: CharacterTest): CharacterTest {
    return this.#ignoresCase ? ignoringCase(test) : test;
  }

  #sees(character: string): boolean {
    return this.#source[this.#at] === character;
  }

  #take(character: string): boolean {
    if (!this.#sees(character)) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    if (this.#at >= this.#source.length) this.#fail('a pattern must not end here');
    const start = this.#at;
    this.#at += codePointWidth(this.#source, start);
    return this.#source.slice(start, this.#at);
  }

  #fail(what: string): never {
    throw new TokenizerError('TOKENIZER_PATTERN', what, {
      offset: this.#at,
      actual: shown(this.#source),
      hint: 'Only patterns that can be searched for in linear time are read.',
    });
  }
}

function literal(wanted: number): CharacterTest {
  return (codePoint) => codePoint === wanted;
}

function characterBefore(text: string, at: number): number | undefined {
  if (at <= 0) return undefined;
  return text.codePointAt(at >= 2 && codePointWidth(text, at - 2) === 2 ? at - 2 : at - 1);
}

function is(test: CharacterTest, codePoint: number | undefined): boolean {
  return codePoint !== undefined && test(codePoint);
}
