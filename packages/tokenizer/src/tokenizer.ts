import { type AddedToken, AddedTokens } from './added-tokens.ts';
import type { Decoder } from './decoders/decoder.ts';
import { type Encoding, specialTokensEncoding } from './encoding.ts';
import type { Model } from './models/model.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import { type Padding, pad } from './padding.ts';
import type { PostProcessor } from './post-processors/post-processor.ts';
import type { PreTokenizer } from './pre-tokenizers/pre-tokenizer.ts';
import type { ReadOptions } from './safe-json.ts';
import { TokenBuffer } from './token-buffer.ts';
import { EncodingWriter } from './encoding-writer.ts';
import { chooseIdEncoder } from './id-encoders/choose.ts';
import { IdBuffer, type IdEncoder } from './id-encoders/id-encoder.ts';
import { readTokenizerJson, writeTokenizerJson } from './tokenizer-json.ts';
import { type Truncation, truncate } from './truncation.ts';

/** The stages of a tokenizer. Only the model is required. */
export interface TokenizerParts {
  readonly normalizer?: Normalizer | undefined;
  readonly preTokenizer?: PreTokenizer | undefined;
  readonly model: Model;
  readonly postProcessor?: PostProcessor | undefined;
  /** Without one, tokens are joined with spaces. */
  readonly decoder?: Decoder | undefined;
  readonly addedTokens?: readonly AddedToken[];
  readonly truncation?: Truncation | undefined;
  readonly padding?: Padding | undefined;
}

/** How to encode. */
export interface EncodeOptions {
  /** A second text: the answer to a question, the next sentence. */
  readonly pair?: string;
  /** Add what the post-processor adds (`[CLS]`, `</s>`, ...). Default true. */
  readonly addSpecialTokens?: boolean;
}

/** How to decode. */
export interface DecodeOptions {
  /** Leave out special tokens. Default true. */
  readonly skipSpecialTokens?: boolean;
}

/**
 * Text to ids and back: normalize, pre-tokenize, model, post-process; decode. Immutable; `with` makes a variant.
 *
 * @example
 * const tokenizer = Tokenizer.fromJson(await readFile('tokenizer.json', 'utf8'));
 * const { ids, tokens, offsets } = tokenizer.encode('Hello, world!');
 * tokenizer.decode(ids); // 'Hello, world!'
 */
export class Tokenizer {
  readonly normalizer: Normalizer | undefined;
  readonly preTokenizer: PreTokenizer | undefined;
  readonly model: Model;
  readonly postProcessor: PostProcessor | undefined;
  readonly decoder: Decoder | undefined;
  readonly addedTokens: AddedTokens;
  readonly truncation: Truncation | undefined;
  readonly padding: Padding | undefined;
  readonly #buffer = new TokenBuffer();
  readonly #ids = new IdBuffer();
  #idEncoder: IdEncoder | undefined | 'not chosen' = 'not chosen';
  #frame: { readonly before: Int32Array; readonly after: Int32Array } | undefined;

  constructor(parts: TokenizerParts) {
    this.normalizer = parts.normalizer;
    this.preTokenizer = parts.preTokenizer;
    this.model = parts.model;
    this.postProcessor = parts.postProcessor;
    this.decoder = parts.decoder;
    this.addedTokens = new AddedTokens(parts.addedTokens, parts.normalizer);
    this.truncation = parts.truncation;
    this.padding = parts.padding;
  }

  /**
   * Reads the text or the bytes of a `tokenizer.json`.
   *
   * @throws {TokenizerError} `JSON_*`, `TOKENIZER_*` or `RESOURCE_LIMIT`, with the JSON pointer of what is wrong.
   */
  static fromJson(json: string | Uint8Array, options: ReadOptions = {}): Tokenizer {
    return readTokenizerJson(json, options, (parts) => new Tokenizer(parts));
  }

  /** The text of a `tokenizer.json` that this and other libraries read. */
  toJson(): string {
    return writeTokenizerJson(this);
  }

  /** The same tokenizer with some stages replaced, or taken out by undefined. */
  with(parts: Partial<TokenizerParts>): Tokenizer {
    return new Tokenizer({
      normalizer: this.normalizer,
      preTokenizer: this.preTokenizer,
      model: this.model,
      postProcessor: this.postProcessor,
      decoder: this.decoder,
      addedTokens: this.addedTokens.list,
      truncation: this.truncation,
      padding: this.padding,
      ...parts,
    });
  }

  /** Number of ids: the vocabulary and the added tokens beyond it. */
  get vocabSize(): number {
    const { vocabulary } = this.model;
    let size = vocabulary.size;
    for (const { content } of this.addedTokens.list) if (vocabulary.id(content) === undefined) size++;
    return size;
  }

  /** Id of a token, or undefined. */
  tokenToId(token: string): number | undefined {
    return this.addedTokens.id(token) ?? this.model.vocabulary.id(token);
  }

  /** Token of an id, or undefined. */
  idToToken(id: number): string | undefined {
    return this.addedTokens.spelling(id) ?? this.model.vocabulary.token(id);
  }

  /**
   * @throws {TokenizerError} `TOKENIZER_UNKNOWN_TOKEN` when the text needs an unknown token that the vocabulary lacks; `USAGE` when
   *   truncation cannot be met.
   */
  encode(text: string, { pair, addSpecialTokens = true }: EncodeOptions = {}): Encoding {
    const encoding = this.#encodeUnpadded(text, pair, addSpecialTokens);
    return this.padding === undefined ? encoding : (pad([encoding], this.padding)[0] ?? encoding);
  }

  /** Encodes many texts, or pairs of texts; padding makes them equally long. */
  encodeBatch(
    texts: readonly (string | readonly [string, string])[],
    { addSpecialTokens = true }: { readonly addSpecialTokens?: boolean } = {},
  ): Encoding[] {
    const encodings = texts.map((entry) => {
      const [text, pair] = typeof entry === 'string' ? [entry, undefined] : entry;
      return this.#encodeUnpadded(text, pair, addSpecialTokens);
    });
    return this.padding === undefined ? encodings : pad(encodings, this.padding);
  }

  /** Ids only: the same as `encode(text, options).ids`, many times faster. */
  encodeToIds(text: string, options: EncodeOptions = {}): Int32Array {
    if (this.#idEncoder === 'not chosen')
      this.#idEncoder = chooseIdEncoder({
        normalizer: this.normalizer,
        preTokenizer: this.preTokenizer,
        model: this.model,
      });
    const encoder = this.#idEncoder;
    const isPlain = options.pair === undefined && this.padding === undefined && !this.addedTokens.areInNormalizedText;
    if (encoder === undefined || !isPlain) return this.encode(text, options).ids;
    const out = this.#ids;
    out.length = 0;
    const frame = (options.addSpecialTokens ?? true) ? this.#specialFrame() : undefined;
    if (frame !== undefined) out.append(frame.before, 0, frame.before.length);
    this.addedTokens.scan(
      text,
      (start, end) => {
        encoder.encode(text, start, end, out);
      },
      (id) => {
        out.push(id);
      },
    );
    if (frame !== undefined) out.append(frame.after, 0, frame.after.length);
    const isTooLong = this.truncation !== undefined && out.length > this.truncation.maxLength;
    return isTooLong ? this.encode(text, options).ids : out.take();
  }

  /** Text of ids. Ids without a token are left out. */
  decode(ids: Iterable<number>, { skipSpecialTokens = true }: DecodeOptions = {}): string {
    const tokens: string[] = [];
    for (const id of ids) {
      const token = this.idToToken(id);
      if (token !== undefined && !(skipSpecialTokens && this.addedTokens.isSpecial(token))) tokens.push(token);
    }
    return this.decoder === undefined ? tokens.join(' ') : this.decoder.decode(tokens).join('');
  }

  /** The ids that the post-processor puts before and after a single text. */
  #specialFrame(): { readonly before: Int32Array; readonly after: Int32Array } {
    if (this.#frame !== undefined) return this.#frame;
    const text = specialTokensEncoding([-1], ['text'], 0);
    const parts = this.postProcessor?.process([text], true) ?? [text];
    const ids = parts.flatMap((part) => [...part.ids]);
    const at = ids.indexOf(-1);
    this.#frame = { before: Int32Array.from(ids.slice(0, at)), after: Int32Array.from(ids.slice(at + 1)) };
    return this.#frame;
  }

  #encodeUnpadded(text: string, pair: string | undefined, addSpecialTokens: boolean): Encoding {
    const texts = pair === undefined ? [text] : [text, pair];
    let parts = texts.map((_, sequence) => this.#encodeText(texts, sequence));
    if (this.truncation !== undefined) {
      const reserved = addSpecialTokens ? (this.postProcessor?.numAddedTokens(pair !== undefined) ?? 0) : 0;
      parts = truncate(parts, this.truncation, reserved);
    }
    if (this.postProcessor !== undefined) parts = this.postProcessor.process(parts, addSpecialTokens);
    const [first, ...others] = parts;
    return others.reduce((all, part) => all.concat(part), first ?? new EncodingWriter(texts, 0).finish());
  }

  #encodeText(texts: readonly string[], sequence: number): Encoding {
    const writer = new EncodingWriter(texts, sequence);
    const { vocabulary } = this.model;
    for (const part of this.addedTokens.split(texts[sequence] ?? '', this.normalizer)) {
      if (part.id !== undefined) {
        writer.addToken(part.id, part.text);
        continue;
      }
      const words = this.preTokenizer === undefined ? [part.text] : this.preTokenizer.split(part.text);
      for (const word of words) {
        this.#buffer.clear();
        this.model.tokenize(word.text, this.#buffer);
        writer.addWord(word, this.#buffer, vocabulary);
      }
    }
    return writer.finish();
  }
}
