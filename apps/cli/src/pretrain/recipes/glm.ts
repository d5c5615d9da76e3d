import type { BlankInfillingModel } from '@cloze/core';
import { randomWindows } from '@cloze/datasets';
import { glmFamily, glmSpecialTokens } from '@cloze/glm';
import { anyFamily } from '@cloze/hub';
import { blankInfilling, isSentenceEnd, type BlankInfillingField } from '@cloze/objectives';
import { trainByteLevelBpe, trainWordPiece } from '@cloze/tokenizer';
import { planOf, type PretrainingRecipe } from '../recipe.ts';
import { idOfSpecial, idsWhere } from '../tokenizer.ts';
import { readTokens, wholeBlocks } from '../tokens.ts';

const SPECIAL_TOKENS = Object.values(glmSpecialTokens);

/** A blank of each kind takes two tokens of a row besides those of the text; a sixth of the row is ample. */
const TEXT_SHARE = 5 / 6;

/** GLM: windows of text with blanks of a few tokens, of sentences, or of half the text, filled in random order. */
export const glmRecipe: PretrainingRecipe = {
  family: anyFamily(glmFamily),
  task: 'blank-infilling',
  preset: 'tiny',
  tokenizers: {
    wordpiece: (texts, vocabSize) => trainWordPiece(texts, { vocabSize, specialTokens: SPECIAL_TOKENS }),
    bpe: (texts, vocabSize) => trainByteLevelBpe(texts, { vocabSize, specialTokens: SPECIAL_TOKENS }),
  },
  vocabSize: 2048,
  sequenceLength: 256,
  next: (folder) => `cloze fill --model ${folder} "The ___ of the array."`,
  prepare: async (request) => {
    const { tokenizer, sequenceLength, key } = request;
    const idOf = (name: keyof typeof glmSpecialTokens): number => idOfSpecial(tokenizer, glmSpecialTokens[name]);
    const [padTokenId, bosTokenId] = [idOf('pad'), idOf('classification')];
    const blockLength = Math.floor(sequenceLength * TEXT_SHARE) - 1;
    const tokens = await readTokens(request, { blockLength });
    const objective = blankInfilling({
      maskTokenId: idOf('mask'),
      sentenceMaskTokenId: idOf('sentenceMask'),
      documentMaskTokenId: idOf('documentMask'),
      startOfPieceTokenId: idOf('startOfPiece'),
      endOfPieceTokenId: idOf('endOfPiece'),
      padTokenId,
      sentenceEndIds: idsWhere(tokenizer, isSentenceEnd),
      // Half of the batches for understanding, half for writing: the authors' multi-task pre-training, section 2.1.
      kinds: { tokens: 0.5, sentences: 0.25, document: 0.25 },
      length: sequenceLength,
    });
    return planOf<BlankInfillingModel, ArrayLike<number>, BlankInfillingField>({
      objective: {
        ...objective,
        prepare: (windows, batchKey) => objective.prepare(windows.map(withStart(bosTokenId)), batchKey),
      },
      source: randomWindows(tokens.training, { blockLength, key }),
      validation: wholeBlocks(tokens.validation, blockLength),
      tokens,
      settings: { padTokenId, bosTokenId, eosTokenId: padTokenId },
    });
  },
};

/** `[CLS]` begins every text. */
function withStart(id: number): (window: ArrayLike<number>) => Int32Array {
  return (window) => {
    const ids = new Int32Array(window.length + 1);
    ids[0] = id;
    ids.set(window, 1);
    return ids;
  };
}
