import type { BlankInfillingModel, CausalLanguageModel, EncoderDecoderModel, MaskedLanguageModel } from '@cloze/core';
import { CausalScorer } from '@cloze/evaluation';
import { glmSpecialTokens } from '@cloze/glm';
import type { Pretrained } from '@cloze/hub';
import type { Engine } from '@cloze/jit';
import {
  BlankInfillingWordScorer,
  continuationWordScorer,
  MaskedWordScorer,
  rewrittenBlank,
  sentinelBlank,
  TextToTextWordScorer,
  type WordScorer,
} from '@cloze/prompting';
import type { Tokenizer } from '@cloze/tokenizer';
import { maskTokenOf } from '../fill/blanks.ts';
import { UsageError } from '../usage-error.ts';

/** A scorer that holds memory. */
export interface DisposableScorer extends WordScorer {
  dispose(): void;
}

/**
 * How a model judges words depends on what it was pre-trained for. The scorer has a copy of the weights.
 *
 * @throws {UsageError} when it cannot.
 */
export async function wordScorerFor(
  { model, task, family, config, generation }: Pretrained,
  tokenizer: Tokenizer,
  engine: Engine,
): Promise<DisposableScorer> {
  const { eosTokenIds, bosTokenId, padTokenId = 0 } = generation;
  switch (task) {
    case 'masked-language-modeling':
    case 'pre-training': {
      const { maxPositions } = family.limits(config);
      const options = { tokenizer, maskToken: maskTokenOf(tokenizer), padTokenId, maxPositions, engine };
      return MaskedWordScorer.create(model as MaskedLanguageModel, options);
    }
    case 'blank-infilling':
      return BlankInfillingWordScorer.create(model as BlankInfillingModel, {
        tokenizer,
        tokens: glmSpecialTokens,
        padTokenId,
        engine,
      });
    case 'conditional-generation': {
      const hasSentinels = tokenizer.tokenToId('<extra_id_0>') !== undefined;
      const blank = hasSentinels ? sentinelBlank(tokenizer) : rewrittenBlank(tokenizer);
      const [endTokenId] = eosTokenIds;
      return TextToTextWordScorer.create(model as EncoderDecoderModel, { tokenizer, blank, endTokenId, engine });
    }
    case 'causal-language-modeling': {
      const prefixTokenId = bosTokenId ?? eosTokenIds[0] ?? 0;
      const scorer = await CausalScorer.create(model as CausalLanguageModel, { tokenizer, prefixTokenId, engine });
      return Object.assign(continuationWordScorer(scorer), {
        dispose: () => {
          scorer.dispose();
        },
      });
    }
    default:
      throw new UsageError({
        message: `The model must be one that fills blanks or continues texts, got a ${family.name} model for ${task}.`,
        hint: 'Name a model as it was pre-trained: of bert, gpt, bart, t5 or glm.',
      });
  }
}
