import { WordPieceDecoder } from '../decoders/word-piece.ts';
import { shown, TokenizerError } from '../errors.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { WordPiece } from '../models/word-piece.ts';
import { BertNormalizer, type BertNormalizerOptions } from '../normalizers/bert.ts';
import { BertPostProcessor, type TokenAndId } from '../post-processors/bert.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { decodeText, type ReadOptions } from '../safe-json.ts';
import { Tokenizer } from '../tokenizer.ts';

/** Names of BERT's special tokens that a vocabulary usually has. */
const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/**
 * Makes BERT's tokenizer from its `vocab.txt`: one token per line, the line number is the id.
 *
 * @param options How to clean; the defaults are those of the uncased models.
 * @throws {TokenizerError} `TOKENIZER_VOCABULARY` when a token stands twice or `[UNK]`, `[CLS]` or `[SEP]` is missing; `JSON_ENCODING`; `RESOURCE_LIMIT`.
 */
export function readBertVocabulary(
  text: string | Uint8Array,
  options: ReadOptions & BertNormalizerOptions = {},
): Tokenizer {
  const { file, limits } = options;
  const vocabSize = limits?.vocabSize ?? DEFAULT_LIMITS.vocabSize;
  const lines = decodeText(text, options).split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > vocabSize) {
    throw new TokenizerError('RESOURCE_LIMIT', `a vocabulary may have at most ${vocabSize} tokens`, {
      file,
      line: vocabSize + 1,
      actual: `${lines.length}`,
    });
  }
  const ids = new Map<string, number>();
  for (const [id, line] of lines.entries()) {
    const token = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (ids.has(token)) {
      throw new TokenizerError('TOKENIZER_VOCABULARY', `a token must stand once, but ${shown(token)} stands twice`, {
        file,
        line: id + 1,
        column: 1,
      });
    }
    ids.set(token, id);
  }
  const idOf = (token: string): TokenAndId => {
    const id = ids.get(token);
    if (id !== undefined) return [token, id];
    throw new TokenizerError('TOKENIZER_VOCABULARY', `a vocabulary of BERT must have ${token}`, {
      file,
      line: lines.length + 1,
    });
  };
  idOf('[UNK]');
  return new Tokenizer({
    normalizer: new BertNormalizer({
      cleanText: options.cleanText ?? true,
      handleChineseChars: options.handleChineseChars ?? true,
      stripAccents: options.stripAccents,
      lowercase: options.lowercase ?? true,
    }),
    preTokenizer: new BertPreTokenizer(),
    model: new WordPiece({ vocabulary: new Vocabulary(ids) }),
    postProcessor: new BertPostProcessor({ separator: idOf('[SEP]'), classifier: idOf('[CLS]') }),
    decoder: new WordPieceDecoder(),
    addedTokens: SPECIAL_TOKENS.flatMap((content) => {
      const id = ids.get(content);
      return id === undefined ? [] : { id, content, special: true };
    }),
  });
}
