import { ByteLevelDecoder } from '../decoders/byte-level.ts';
import { TokenizerError } from '../errors.ts';
import { Bpe } from '../models/bpe.ts';
import { readVocabulary } from '../models/vocabulary.ts';
import { ByteLevelPostProcessor } from '../post-processors/byte-level.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { decodeText, parseJson, type ReadOptions } from '../safe-json.ts';
import { Tokenizer } from '../tokenizer.ts';

/** The two files of a byte-level BPE tokenizer. */
export interface Gpt2Files {
  /** `vocab.json`: token to id. */
  readonly vocabulary: string | Uint8Array;
  /** `merges.txt`: two tokens per line. */
  readonly merges: string | Uint8Array;
}

/**
 * Makes GPT-2's tokenizer from `vocab.json` and `merges.txt`. `<|endoftext|>` becomes a special token where the vocabulary has it.
 *
 * @throws {TokenizerError} `JSON_*`, `TOKENIZER_VOCABULARY`, or `TOKENIZER_MERGES` with the line at fault.
 */
export function readGpt2Files(
  { vocabulary, merges }: Gpt2Files,
  options: ReadOptions & { readonly addPrefixSpace?: boolean } = {},
): Tokenizer {
  const tokens = readVocabulary(parseJson(vocabulary, options), '', {
    file: options.file,
    vocabSize: options.limits?.vocabSize,
  });
  const end = tokens.id('<|endoftext|>');
  return new Tokenizer({
    preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: options.addPrefixSpace ?? false }),
    model: new Bpe({ vocabulary: tokens, merges: readMerges(decodeText(merges, options), options.file) }),
    postProcessor: new ByteLevelPostProcessor({ trimOffsets: false }),
    decoder: new ByteLevelDecoder(),
    addedTokens: end === undefined ? [] : [{ id: end, content: '<|endoftext|>', special: true }],
  });
}

/** The pairs of a `merges.txt`, whose first line may say `#version`. */
function readMerges(text: string, file: string | undefined): [string, string][] {
  const merges: [string, string][] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (trimmed === '' || (index === 0 && trimmed.startsWith('#version'))) continue;
    const [left, right, ...rest] = trimmed.split(' ');
    if (left === undefined || left === '' || right === undefined || right === '' || rest.length > 0) {
      throw new TokenizerError('TOKENIZER_MERGES', 'a line must hold two tokens with one space between them', {
        file,
        line: index + 1,
        column: 1,
        actual: JSON.stringify(trimmed.slice(0, 60)),
      });
    }
    merges.push([left, right]);
  }
  return merges;
}
