import {
  parametersOf,
  withParameters,
  type BlankInfillingInputs,
  type KeyValues,
  type ParameterMap,
} from '@cloze/core';
import { fillBlanks, glmSpecialTokens, type GlmForConditionalGeneration, type PieceTokenInputs } from '@cloze/glm';
import { jit, type Engine } from '@cloze/jit';
import type { Tokenizer } from '@cloze/tokenizer';
import { idOfSpecial } from '../pretrain/tokenizer.ts';
import { withMasks, type FilledText } from './blanks.ts';

/** Settings of {@link fillPieces}. */
export interface FillPiecesOptions {
  readonly engine: Engine;
  /** The most tokens of a piece. */
  readonly maxTokens: number;
}

/** GLM: each blank is filled token by token with as many as it takes, from the first blank to the last. */
export async function fillPieces(
  model: GlmForConditionalGeneration,
  tokenizer: Tokenizer,
  text: string,
  { engine, maxTokens }: FillPiecesOptions,
): Promise<FilledText> {
  const idOf = (name: keyof typeof glmSpecialTokens): number => idOfSpecial(tokenizer, glmSpecialTokens[name]);
  const { mask, sentenceMask, documentMask } = glmSpecialTokens;
  const masked = withMasks(text, () => mask, [sentenceMask, documentMask]);
  const parameters = parametersOf(model);
  const readContext = jit(
    (weights: ParameterMap, inputs: BlankInfillingInputs) => withParameters(model, weights).readContext(inputs),
    { engine },
  );
  const readToken = jit(
    (weights: ParameterMap, cache: readonly KeyValues[], inputs: PieceTokenInputs) =>
      withParameters(model, weights).readToken(cache, inputs),
    { engine, donate: [1] },
  );
  try {
    const { ids, pieces } = await fillBlanks(
      {
        maxPositions: model.cacheShape.maxPositions,
        readContext: (inputs) => readContext(parameters, inputs),
        readToken: (cache, inputs) => readToken(parameters, cache, inputs),
      },
      [idOf('classification'), ...tokenizer.encodeToIds(masked, { addSpecialTokens: false })],
      {
        maskTokenIds: [idOf('mask'), idOf('sentenceMask'), idOf('documentMask')],
        startOfPieceTokenId: idOf('startOfPiece'),
        endOfPieceTokenId: idOf('endOfPiece'),
        maxTokens,
      },
    );
    return {
      text: tokenizer.decode(ids),
      blanks: pieces.map((piece) => ({ candidates: [{ text: tokenizer.decode(piece) }] })),
    };
  } finally {
    readContext.dispose();
    readToken.dispose();
  }
}
