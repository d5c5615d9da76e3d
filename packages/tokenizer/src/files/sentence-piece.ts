import { ByteFallbackDecoder } from '../decoders/byte-fallback.ts';
import { FuseDecoder } from '../decoders/fuse.ts';
import { MetaspaceDecoder } from '../decoders/metaspace.ts';
import { ReplaceDecoder } from '../decoders/replace.ts';
import { SequenceDecoder } from '../decoders/sequence.ts';
import { shown, TokenizerError } from '../errors.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { Unigram } from '../models/unigram.ts';
import { SentencePieceNormalizer } from '../normalizers/sentence-piece.ts';
import { LiteralPattern } from '../patterns/literal-pattern.ts';
import { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import type { ReadOptions } from '../safe-json.ts';
import { Tokenizer } from '../tokenizer.ts';
import { readFields, toFloat } from './protobuf.ts';

const UNKNOWN = 2;
const CONTROL = 3;
const UNUSED = 5;
const BYTE = 6;

interface SentencePieceModel {
  readonly pieces: { readonly text: string; readonly score: number; readonly kind: number }[];
  unknownSurface: string;
  byteFallback: boolean;
  charsmap: Uint8Array | undefined;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
}

/**
 * Reads a SentencePiece model (`spiece.model`, `sentencepiece.model`) of the unigram kind. Texts become what SentencePiece itself makes of them: no special
 * token is looked for in a text, and none is added.
 *
 * @throws {TokenizerError} `TOKENIZER_PROTOBUF`, `TOKENIZER_CHARSMAP`, `TOKENIZER_VOCABULARY`; `UNSUPPORTED_FORMAT` for other kinds of models.
 */
export function readSentencePiece(bytes: Uint8Array, options: ReadOptions = {}): Tokenizer {
  try {
    return createTokenizer(parseModel(bytes, options), { file: options.file, base: bytes.length });
  } catch (error) {
    throw error instanceof TokenizerError ? error.at({ file: options.file }) : error;
  }
}

function createTokenizer(spiece: SentencePieceModel, end: Nested): Tokenizer {
  const unknownId = spiece.pieces.findIndex(({ kind }) => kind === UNKNOWN);
  if (unknownId === -1) {
    throw new TokenizerError('TOKENIZER_VOCABULARY', 'a SentencePiece model must have an unknown piece', {
      file: end.file,
      offset: end.base,
    });
  }
  const isUnwritten = (kind: number): boolean =>
    kind === UNKNOWN || kind === CONTROL || kind === UNUSED || kind === BYTE;
  const unwrittenIds = spiece.pieces.flatMap(({ kind }, id) => (isUnwritten(kind) ? [id] : []));
  const surfaces = spiece.pieces.flatMap(({ text, kind }) => {
    if (kind !== UNKNOWN && kind !== CONTROL) return [];
    return new ReplaceDecoder(new LiteralPattern(text), kind === UNKNOWN ? spiece.unknownSurface : '');
  });
  const prependScheme = spiece.addDummyPrefix ? 'always' : 'never';
  return new Tokenizer({
    normalizer: new SentencePieceNormalizer(spiece),
    preTokenizer: new MetaspacePreTokenizer({ prependScheme }),
    model: new Unigram({
      pieces: spiece.pieces.map(({ text, score }) => [text, score]),
      unknownId,
      byteFallback: spiece.byteFallback,
      unwrittenIds,
    }),
    decoder: new SequenceDecoder([
      ...surfaces,
      ...(spiece.byteFallback ? [new ByteFallbackDecoder()] : []),
      new MetaspaceDecoder({ prependScheme }),
      new FuseDecoder(),
    ]),
  });
}

function parseModel(bytes: Uint8Array, { file, limits }: ReadOptions): SentencePieceModel {
  const spiece: SentencePieceModel = {
    pieces: [],
    unknownSurface: ' \u2047 ',
    byteFallback: false,
    charsmap: undefined,
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
  };
  const vocabSize = limits?.vocabSize ?? DEFAULT_LIMITS.vocabSize;
  for (const field of readFields(bytes, { file })) {
    const nested = { file, base: field.offset };
    if (field.number === 1) {
      if (spiece.pieces.length >= vocabSize) {
        throw new TokenizerError('RESOURCE_LIMIT', `there may be at most ${vocabSize} pieces`, {
          file,
          offset: field.offset,
        });
      }
      spiece.pieces.push(readPiece(field.bytes, nested));
    } else if (field.number === 2) {
      readTrainerSpec(field.bytes, nested, spiece);
    } else if (field.number === 3) {
      readNormalizerSpec(field.bytes, nested, spiece);
    }
  }
  return spiece;
}

interface Nested {
  readonly file: string | undefined;
  readonly base: number;
}

function readPiece(bytes: Uint8Array, nested: Nested): { text: string; score: number; kind: number } {
  const piece = { text: '', score: 0, kind: 1 };
  for (const field of readFields(bytes, nested)) {
    if (field.number === 1) piece.text = textOf(field.bytes, nested);
    else if (field.number === 2) piece.score = toFloat(field);
    else if (field.number === 3) piece.kind = field.value;
  }
  if (!Number.isFinite(piece.score)) {
    throw new TokenizerError('TOKENIZER_VOCABULARY', `the score of ${shown(piece.text)} must be finite`, {
      file: nested.file,
      offset: nested.base,
    });
  }
  return piece;
}

function readTrainerSpec(bytes: Uint8Array, nested: Nested, spiece: SentencePieceModel): void {
  for (const field of readFields(bytes, nested)) {
    if (field.number === 3) checkModelType(field.value, nested);
    else if (field.number === 35) spiece.byteFallback = field.value !== 0;
    else if (field.number === 44) spiece.unknownSurface = textOf(field.bytes, nested);
  }
}

function checkModelType(modelType: number, { file, base }: Nested): void {
  if (modelType === 1) return;
  throw new TokenizerError('UNSUPPORTED_FORMAT', 'a SentencePiece model must be of the unigram kind (1)', {
    file,
    offset: base,
    actual: `kind ${modelType}`,
    hint: 'Convert it to tokenizer.json.',
  });
}

function readNormalizerSpec(bytes: Uint8Array, nested: Nested, spiece: SentencePieceModel): void {
  for (const field of readFields(bytes, nested)) {
    if (field.number === 2) spiece.charsmap = field.bytes;
    else if (field.number === 3) spiece.addDummyPrefix = field.value !== 0;
    else if (field.number === 4) spiece.removeExtraWhitespaces = field.value !== 0;
  }
}

function textOf(bytes: Uint8Array, { file, base }: Nested): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TokenizerError('TOKENIZER_PROTOBUF', 'a string must be UTF-8', { file, offset: base, cause });
  }
}
