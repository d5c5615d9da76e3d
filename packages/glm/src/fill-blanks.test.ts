import * as tf from '@tensorflow/tfjs';
import {
  disposeModule,
  parametersOf,
  RandomKey,
  randomParameters,
  withParameters,
  type ParameterMap,
} from '@cloze/core';
import { jit, onnxRuntimeEngine } from '@cloze/jit';
import { createAdapter, disposeAdapter, prefixConfig } from '@cloze/peft';
import { leaksNoTensors } from '@cloze/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { glmCheckpointNames } from './checkpoint.ts';
import { eagerSteps, fillBlanks, type FillingOptions, type FillingSteps } from './fill-blanks.ts';
import { GlmForConditionalGeneration } from './heads.ts';
import { glmTiny } from './presets.ts';
import { joinPieces, type Piece } from './two-dimensional-positions.ts';

const [MASK, DOCUMENT_MASK, START, END] = [1, 2, 3, 4];
const options: FillingOptions = {
  maskTokenIds: [MASK, DOCUMENT_MASK],
  startOfPieceTokenId: START,
  endOfPieceTokenId: END,
  maxTokens: 5,
};
const sizes = { vocabSize: 12, maxPositions: 16, hiddenSize: 16, numLayers: 2, numHeads: 2, initializerRange: 0.8 };

const config = { ...glmTiny, ...sizes };

describe('fillBlanks', () => {
  leaksNoTensors();

  let model: GlmForConditionalGeneration;
  beforeEach(() => {
    model = new GlmForConditionalGeneration(config, randomParameters(RandomKey.fromSeed(11)));
  });
  afterEach(() => {
    disposeModule(model);
  });

  const context = [5, MASK, 6, 7, MASK, 8, DOCUMENT_MASK];
  const filled = {
    pieces: [
      [9, 9, 5, 9, 8],
      [7, 9],
      [7, 9],
    ],
    ids: [5, 9, 9, 5, 9, 8, 6, 7, 7, 9, 8, 7, 9],
  };

  it('fills each blank with the likeliest tokens, with the earlier pieces in view', async () => {
    expect(filledWithoutCache(model, context)).toEqual(filled.pieces);
    expect(await fillBlanks(eagerSteps(model), context, options)).toEqual(filled);
  });

  it('fills them the same when compiled', async () => {
    const { steps, dispose } = compiledSteps(model);
    expect(await fillBlanks(steps, context, options)).toEqual(filled);
    dispose();
  });

  it('fills them the same behind a prefix', async () => {
    const names = glmCheckpointNames(config, 'blank-infilling');
    const prefix = prefixConfig({ numVirtualTokens: 3, startsAtZero: false });
    const adapted = createAdapter(model, names, { config: prefix, key: RandomKey.fromSeed(2) });
    const found = await fillBlanks(eagerSteps(adapted.model), context, options);
    expect(found.pieces).toEqual(filledWithoutCache(adapted.model, context));
    expect(found).not.toEqual(filled);
    disposeAdapter(adapted);
  });

  it('writes on after a text, as long as part B may get', async () => {
    const text = [5, 6, DOCUMENT_MASK];
    const chosen: number[] = [];
    const { pieces, ids } = await fillBlanks(eagerSteps(model), text, {
      ...options,
      maxTokens: 15,
      choose: (scores, piece) => {
        expect(scores).toHaveLength(sizes.vocabSize);
        chosen.push(piece.length);
        return 6;
      },
    });
    expect(pieces).toEqual([new Array(15).fill(6)]);
    expect(ids).toEqual([5, 6, ...new Array<number>(15).fill(6)]);
    expect(chosen).toEqual(pieces[0]?.map((_, place) => place));
  });

  it('says what is wrong with a text', async () => {
    const steps = eagerSteps(model);
    const fill = (text: number[], maxTokens = 5) => fillBlanks(steps, text, { ...options, maxTokens });
    await expect(fill([5, 6])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: fillBlanks: the text must hold one of the tokens 1, 2, got none. Put [MASK] where something is missing, or [gMASK] at the end to continue the text.]`,
    );
    await expect(fill(new Array<number>(17).fill(MASK))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: fillBlanks: the text must have at most 16 tokens and each piece fewer, got 17 and up to 5. Shorten the text or its pieces, or use a model with more positions.]`,
    );
    await expect(fill([MASK], 16)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: fillBlanks: the text must have at most 16 tokens and each piece fewer, got 1 and up to 16. Shorten the text or its pieces, or use a model with more positions.]`,
    );
  });

  it('stops when the scores are no numbers', async () => {
    const weight = tf.fill([sizes.vocabSize, sizes.hiddenSize], Number.NaN);
    const damaged = withParameters(model, { 'model.embeddings.tokens.weight': weight });
    await expect(fillBlanks(eagerSteps(damaged), [MASK], options)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: NON_FINITE: fillBlanks: the scores must be numbers, got NaN. The weights are damaged; load an earlier checkpoint.]`,
    );
    weight.dispose();
  });
});

/** Reads everything anew for each token. */
function filledWithoutCache(model: GlmForConditionalGeneration, context: number[]): number[][] {
  const pieces: Piece[] = [];
  const masks = [...context.keys()].filter((place) => options.maskTokenIds.includes(context[place] ?? 0));
  return masks.map((maskPosition) => {
    const found: number[] = [];
    while (found.length < options.maxTokens) {
      const next = likeliestNext(model, context, [...pieces, { maskPosition, ids: [START, ...found] }]);
      if (next === END) break;
      found.push(next);
    }
    pieces.push({ maskPosition, ids: [START, ...found] });
    return found;
  });
}

function likeliestNext(model: GlmForConditionalGeneration, context: number[], pieces: Piece[]): number {
  return tf.tidy(() => {
    const { inputIds, positionIds, blockPositionIds, sep } = joinPieces(context, pieces);
    const asRow = (values: Int32Array): tf.Tensor => tf.tensor2d(values, [1, values.length], 'int32');
    const { logits } = model.forward({
      inputIds: asRow(inputIds),
      positionIds: asRow(positionIds),
      blockPositionIds: asRow(blockPositionIds),
      sep: tf.tensor1d([sep], 'int32'),
    });
    return tf.argMax(tf.slice(logits, [0, inputIds.length - 1, 0], [1, 1, -1]), -1).dataSync()[0] ?? END;
  });
}

function compiledSteps(model: GlmForConditionalGeneration): { steps: FillingSteps; dispose: () => void } {
  type Inputs<Step extends 'readContext' | 'readToken'> = Parameters<GlmForConditionalGeneration[Step]>;
  const engine = onnxRuntimeEngine();
  const readContext = jit(
    (weights: ParameterMap, ...inputs: Inputs<'readContext'>) => withParameters(model, weights).readContext(...inputs),
    { engine },
  );
  const readToken = jit(
    (weights: ParameterMap, ...inputs: Inputs<'readToken'>) => withParameters(model, weights).readToken(...inputs),
    { engine, donate: [1] },
  );
  const weights = parametersOf(model);
  return {
    steps: {
      maxPositions: model.cacheShape.maxPositions,
      readContext: (...inputs) => readContext(weights, ...inputs),
      readToken: (...inputs) => readToken(weights, ...inputs),
    },
    dispose: () => {
      readContext.dispose();
      readToken.dispose();
    },
  };
}
