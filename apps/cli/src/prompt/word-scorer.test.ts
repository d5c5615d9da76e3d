import { BertForSequenceClassification, bertFamily, bertTiny } from '@cloze/bert';
import { disposeModule, randomParameters, RandomKey } from '@cloze/core';
import { anyFamily } from '@cloze/hub';
import { tfjsEngine } from '@cloze/jit';
import { trainWordPiece } from '@cloze/tokenizer';
import { describe, expect, it } from 'vitest';
import { wordScorerFor } from './word-scorer.ts';

describe('wordScorerFor', () => {
  it('refuses a model that was made for something else', async () => {
    const config = { ...bertTiny, vocabSize: 10, hiddenSize: 8, intermediateSize: 8, maxPositions: 8 };
    const model = new BertForSequenceClassification(config, randomParameters(RandomKey.fromSeed(1)));
    const tokenizer = trainWordPiece(['words']);
    const loaded = {
      family: anyFamily(bertFamily),
      config,
      task: 'sequence-classification',
      model,
      tokenizer,
      generation: { eosTokenIds: [] },
      newParameters: [],
      configJson: {},
    };
    await expect(wordScorerFor(loaded, tokenizer, tfjsEngine())).rejects.toThrowErrorMatchingInlineSnapshot(
      `[UsageError: USAGE: The model must be one that fills blanks or continues texts, got a bert model for sequence-classification. Name a model as it was pre-trained: of bert, gpt, bart, t5 or glm.]`,
    );
    disposeModule(model);
  });
});
