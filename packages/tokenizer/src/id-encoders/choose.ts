import { Bpe } from '../models/bpe.ts';
import { Unigram } from '../models/unigram.ts';
import { WordPiece } from '../models/word-piece.ts';
import { BertNormalizer } from '../normalizers/bert.ts';
import { LiteralPattern } from '../patterns/literal-pattern.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { gpt2WordEnd } from '../pre-tokenizers/gpt2-words.ts';
import { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import type { TokenizerParts } from '../tokenizer.ts';
import { ByteLevelBpeIds } from './byte-level-bpe.ts';
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
