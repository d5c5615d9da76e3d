import { WHITE_SPACE, WORD } from './character-set.ts';
import { TokenizerError } from './errors.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import { codePointWidth, NormalizedString } from './normalized-string.ts';
import type { JsonOutput } from './write-json.ts';

/** A token that is found in the text before anything else happens to it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only where no word character stands beside it. Default false. */
  readonly singleWord?: boolean;
  /** Takes the white space before it. Default false. */
  readonly lstrip?: boolean;
  /** Takes the white space after it. Default false. */
  readonly rstrip?: boolean;
  /** Looked for in the normalized text instead of the original. Default false. */
  readonly normalized?: boolean;
  /** Left out by `decode` unless asked for. Default true. */
  readonly special?: boolean;
}

/** Part of a text: an added token, or text between them that the pipeline still has to see (`id` undefined). */
export interface TextPart {
  readonly text: NormalizedString;
  readonly id: number | undefined;
}

/** A found token: [start, end) and its id. */
interface Match {
  readonly start: number;
  readonly end: number;
  readonly id: number;
}

/** No token that is looked for in texts may be longer: it bounds the work per character. */
const LONGEST_ADDED_TOKEN = 256;

/** The added tokens of a tokenizer and the search for them: leftmost, and the longest of those. */
export class AddedTokens {
  readonly list: readonly AddedToken[];
  readonly #byId = new Map<number, AddedToken>();
  readonly #byContent = new Map<string, AddedToken>();
  readonly #spellings = new Map<number, string>();
  readonly #inOriginal: TokenSearch;
  readonly #inNormalized: TokenSearch;

  /** @throws {TokenizerError} `TOKENIZER_VOCABULARY` for two tokens with one id or content; `RESOURCE_LIMIT` for too many or too long ones. */
  constructor(list: readonly AddedToken[] = [], normalizer?: Normalizer) {
    this.list = [...list].sort((a, b) => a.id - b.id);
    const { addedTokens } = DEFAULT_LIMITS;
    if (list.length > addedTokens) {
      throw new TokenizerError('RESOURCE_LIMIT', `there may be at most ${addedTokens} added tokens`, {
        actual: `${list.length}`,
      });
    }
    for (const token of this.list) {
      if (token.content.length > LONGEST_ADDED_TOKEN) {
        throw new TokenizerError(
          'RESOURCE_LIMIT',
          `an added token may have at most ${LONGEST_ADDED_TOKEN} characters`,
          {
            actual: `${token.content.length} for id ${token.id}`,
          },
        );
      }
      if (this.#byId.has(token.id) || this.#byContent.has(token.content)) {
        throw new TokenizerError('TOKENIZER_VOCABULARY', `added tokens must differ in id and content`, {
          actual: `id ${token.id} ${JSON.stringify(token.content)} twice`,
        });
      }
      this.#byId.set(token.id, token);
      this.#byContent.set(token.content, token);
    }
    this.#inOriginal = new TokenSearch(this.list.filter((token) => token.normalized !== true));
    const normalized = this.list.filter((token) => token.normalized === true);
    const contents = normalized.map(({ content }) =>
      normalizer === undefined ? content : normalizer.normalize(NormalizedString.of(content)).text,
    );
    this.#inNormalized = new TokenSearch(normalized, contents);
    for (const [index, { id }] of normalized.entries()) this.#spellings.set(id, contents[index] ?? '');
  }

  /** True when some token is looked for in the normalized text. */
  get areInNormalizedText(): boolean {
    return !this.#inNormalized.isEmpty;
  }

  id(content: string): number | undefined {
    return this.#byContent.get(content)?.id;
  }

  token(id: number): AddedToken | undefined {
    return this.#byId.get(id);
  }

  /** Text of an added token as it is decoded: normalized, where it is looked for in normalized text. */
  spelling(id: number): string | undefined {
    return this.#spellings.get(id) ?? this.#byId.get(id)?.content;
  }

  isSpecial(content: string): boolean {
    const token = this.#byContent.get(content);
    return token !== undefined && (token.special ?? true);
  }

  /** Tokens in the original text, the normalized rest, and tokens in that. */
  split(text: string, normalizer: Normalizer | undefined): TextPart[] {
    return this.#inOriginal.split(NormalizedString.of(text)).flatMap((part) => {
      if (part.id !== undefined) return [part];
      const normalized = normalizer === undefined ? part.text : normalizer.normalize(part.text);
      return this.#inNormalized.split(normalized);
    });
  }

  /** Calls back for the tokens in the original text and the stretches between them, in order. */
  scan(text: string, onText: (start: number, end: number) => void, onToken: (id: number) => void): void {
    let from = 0;
    if (!this.#inOriginal.isEmpty) {
      for (const match of this.#inOriginal.find(text)) {
        if (match.start > from) onText(from, match.start);
        onToken(match.id);
        from = match.end;
      }
    }
    if (from < text.length) onText(from, text.length);
  }

  toJson(): JsonOutput {
    return this.list.map((token) => ({
      id: token.id,
      content: token.content,
      single_word: token.singleWord ?? false,
      lstrip: token.lstrip ?? false,
      rstrip: token.rstrip ?? false,
      normalized: token.normalized ?? false,
      special: token.special ?? true,
    }));
  }
}

interface TrieNode {
  readonly next: Map<number, TrieNode>;
  token?: AddedToken;
}

class TokenSearch {
  readonly #root: TrieNode = { next: new Map() };
  readonly isEmpty: boolean;

  /** Of tokens with the same content, as normalizing may make them, the first counts. */
  constructor(tokens: readonly AddedToken[], contents: readonly string[] = tokens.map((token) => token.content)) {
    for (const [index, token] of tokens.entries()) {
      const content = contents[index] ?? '';
      let node = this.#root;
      for (let at = 0; at < content.length; at++) {
        const unit = content.charCodeAt(at);
        const next: TrieNode = node.next.get(unit) ?? { next: new Map() };
        node.next.set(unit, next);
        node = next;
      }
      if (content !== '') node.token ??= token;
    }
    this.isEmpty = this.#root.next.size === 0;
  }

  split(input: NormalizedString): TextPart[] {
    const { text } = input;
    const parts: TextPart[] = [];
    let from = 0;
    for (const match of this.find(text)) {
      if (match.start > from) parts.push({ text: input.slice(from, match.start), id: undefined });
      parts.push({ text: input.slice(match.start, match.end), id: match.id });
      from = match.end;
    }
    if (from < text.length) parts.push({ text: input.slice(from, text.length), id: undefined });
    return parts;
  }

  find(text: string): Match[] {
    const matches: Match[] = [];
    if (this.isEmpty) return matches;
    let from = 0;
    for (let at = this.#candidate(text, 0); at < text.length;) {
      const token = this.#longest(text, at);
      if (token === undefined) {
        at = this.#candidate(text, at + 1);
        continue;
      }
      const plainEnd = at + token.length;
      const { added } = token;
      if (added.singleWord !== true || !isInsideWord(text, at, plainEnd)) {
        const start = added.lstrip === true ? spacesBefore(text, at, from) : at;
        const end = added.rstrip === true ? spacesAfter(text, plainEnd) : plainEnd;
        // A token may begin in the white space that the one before it took.
        if (end > from) matches.push({ start, end, id: added.id });
        from = Math.max(from, end);
      }
      at = this.#candidate(text, plainEnd);
    }
    return matches;
  }

  /** The next position at which a token may begin. */
  #candidate(text: string, from: number): number {
    const { next } = this.#root;
    if (next.size === 1) {
      for (const unit of next.keys()) {
        const at = text.indexOf(String.fromCharCode(unit), from);
        return at === -1 ? text.length : at;
      }
    }
    let at = from;
    while (at < text.length && !next.has(text.charCodeAt(at))) at++;
    return at;
  }

  #longest(text: string, start: number): { added: AddedToken; length: number } | undefined {
    let node: TrieNode | undefined = this.#root;
    let found: { added: AddedToken; length: number } | undefined;
    for (let at = start; at <= text.length; at++) {
      if (node.token !== undefined) found = { added: node.token, length: at - start };
      node = node.next.get(text.charCodeAt(at));
      if (node === undefined) break;
    }
    return found;
  }
}

function isInsideWord(text: string, start: number, end: number): boolean {
  const before = text.codePointAt(start >= 2 && codePointWidth(text, start - 2) === 2 ? start - 2 : start - 1);
  const after = text.codePointAt(end);
  return (before !== undefined && WORD.has(before)) || (after !== undefined && WORD.has(after));
}

function spacesBefore(text: string, start: number, least: number): number {
  let at = Math.max(start, least);
  while (at > least && WHITE_SPACE.has(text.charCodeAt(at - 1))) at--;
  return at;
}

function spacesAfter(text: string, end: number): number {
  let at = end;
  while (at < text.length && WHITE_SPACE.has(text.charCodeAt(at))) at++;
  return at;
}
