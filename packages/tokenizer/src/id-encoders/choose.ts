import { Bpe } from '../models/bpe.ts';
import { Unigram } from '../models/unigram.ts';
import { WordPiece } from '../models/word-piece.ts';
import { BertNormalizer } from '../normalizers/bert.ts';
import { LiteralPattern } from '../patterns/literal-pattern.ts';
import { RegexPattern } from '../patterns/regex-pattern.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { GPT2_PATTERN, gpt2WordEnd } from '../pre-tokenizers/gpt2-words.ts';
import { GPT4_PATTERN, gpt4WordEnd, QWEN_PATTERN, qwenWordEnd } from '../pre-tokenizers/gpt4-words.ts';
import { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import type { TokenizerParts } from '../tokenizer.ts';
import { ByteLevelBpeIds, type WordScanner } from './byte-level-bpe.ts';
import { CharacterIds } from './characters.ts';
import type { IdEncoder } from './id-encoder.ts';
import { UnigramIds } from './unigram.ts';
import { WordPieceIds } from './word-piece.ts';

/** The fast encoder for a combination of stages, or undefined where only the stages themselves will do. */
export function chooseIdEncoder({ normalizer, preTokenizer, model }: TokenizerParts): IdEncoder | undefined {
  if (model instanceof Bpe && normalizer === undefined) {
    if (preTokenizer instanceof ByteLevelPreTokenizer && preTokenizer.useRegex) {
      return ByteLevelBpeIds.for(model, gpt2WordEnd, preTokenizer.addPrefixSpace);
    }
    const scanner = scannerOf(preTokenizer);
    if (scanner !== undefined) return ByteLevelBpeIds.for(model, scanner, false);
    const isPerCharacter =
      preTokenizer instanceof SplitPreTokenizer &&
      preTokenizer.pattern instanceof LiteralPattern &&
      preTokenizer.pattern.literal === '' &&
      preTokenizer.behavior === 'Isolated';
    return isPerCharacter ? CharacterIds.for(model) : undefined;
  }
  if (model instanceof WordPiece && preTokenizer instanceof BertPreTokenizer) {
    const isBert = normalizer === undefined || normalizer instanceof BertNormalizer;
    return isBert ? new WordPieceIds(normalizer, preTokenizer, model) : undefined;
  }
  if (model instanceof Unigram && preTokenizer instanceof MetaspacePreTokenizer) {
    return UnigramIds.for(normalizer, preTokenizer, model);
  }
  return undefined;
}

const SCANNERS: ReadonlyMap<string, WordScanner> = new Map([
  [GPT2_PATTERN, gpt2WordEnd],
  [GPT4_PATTERN, gpt4WordEnd],
  [QWEN_PATTERN, qwenWordEnd],
]);

/** The scanner for a known pattern followed by the spelling of bytes, as Llama 3, Qwen and GLM have it. */
function scannerOf(preTokenizer: PreTokenizer | undefined): WordScanner | undefined {
  if (!(preTokenizer instanceof SequencePreTokenizer) || preTokenizer.preTokenizers.length !== 2) return undefined;
  const [split, bytes] = preTokenizer.preTokenizers;
  if (!(split instanceof SplitPreTokenizer) || !(split.pattern instanceof RegexPattern)) return undefined;
  if (split.behavior !== 'Isolated' || split.invert) return undefined;
  if (!(bytes instanceof ByteLevelPreTokenizer) || bytes.useRegex || bytes.addPrefixSpace) return undefined;
  return SCANNERS.get(split.pattern.source);
}
