import { parametersOf, withParameters, type MaskedLanguageModel, type ParameterMap } from '@cloze/core';
import { jit, type Engine } from '@cloze/jit';
import type { Tokenizer } from '@cloze/tokenizer';
import * as tf from '@tensorflow/tfjs';
import { maskTokenOf, withMasks, type FilledBlank, type FilledText } from './blanks.ts';

/** Settings of {@link fillMasked}. */
export interface FillMaskedOptions {
  readonly engine: Engine;
  /** Candidates per blank. */
  readonly topK: number;
}

/** Each blank of a text is one token, which the model judges from both sides: all blanks at once, each as if it were the only guess. */
export async function fillMasked(
  model: MaskedLanguageModel,
  tokenizer: Tokenizer,
  text: string,
  { engine, topK }: FillMaskedOptions,
): Promise<FilledText> {
  const mask = maskTokenOf(tokenizer);
  const { ids } = tokenizer.encode(withMasks(text, () => mask));
  const positions = Array.from(ids, (id, position) => (id === tokenizer.tokenToId(mask) ? position : -1)).filter(
    (position) => position >= 0,
  );
  const rows = await scores(model, ids, positions, engine);
  const blanks = rows.map((row) => ({ candidates: best(row, topK, tokenizer) }));
  const filled = Array.from(ids);
  rows.forEach((row, index) => (filled[positions[index] ?? 0] = argMax(row)));
  return { text: tokenizer.decode(filled), blanks };
}

/** The logits at some positions, [V] each. */
async function scores(
  model: MaskedLanguageModel,
  ids: ArrayLike<number>,
  positions: readonly number[],
  engine: Engine,
): Promise<Float32Array[]> {
  const inputs = {
    inputIds: tf.tensor2d(Int32Array.from(ids), [1, ids.length], 'int32'),
    predictionPositions: tf.tensor2d(Int32Array.from(positions), [1, positions.length], 'int32'),
  };
  const run = jit(
    (parameters: ParameterMap, given: typeof inputs) => withParameters(model, parameters).forward(given).logits,
    { engine },
  );
  try {
    const logits = await run(parametersOf(model), inputs);
    const values = Float32Array.from(await logits.data());
    logits.dispose();
    const vocabSize = values.length / positions.length;
    return positions.map((_, row) => values.subarray(row * vocabSize, (row + 1) * vocabSize));
  } finally {
    run.dispose();
    tf.dispose(inputs);
  }
}

function best(row: Float32Array, count: number, tokenizer: Tokenizer): FilledBlank['candidates'] {
  const highest = row[argMax(row)] ?? 0;
  const total = row.reduce((sum, score) => sum + Math.exp(score - highest), 0);
  const order = Array.from(row.keys()).sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0));
  return order.slice(0, count).map((id) => ({
    text: tokenizer.idToToken(id) ?? '',
    probability: Math.exp((row[id] ?? 0) - highest) / total,
  }));
}

function argMax(row: Float32Array): number {
  return row.reduce((best, score, id) => (score > (row[best] ?? -Infinity) ? id : best), 0);
}
