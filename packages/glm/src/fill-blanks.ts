import * as tf from '@tensorflow/tfjs';
import { ClozeError, createCache, type BlankInfillingInputs, type KeyValues } from '@cloze/core';
import type { GlmForConditionalGeneration, PieceTokenInputs } from './heads.ts';

/**
 * The two steps of decoding, run by whatever engine: {@link eagerSteps}, or compiled functions around a model's `readContext` and `readToken`.
 */
export interface FillingSteps {
  /** The model's: bounds part A and each piece. */
  readonly maxPositions: number;
  /** The keys and values of part A, by layer. They belong to the caller. */
  readContext(inputs: BlankInfillingInputs): Promise<readonly KeyValues[]>;
  /** Takes the cache over and returns it with the token in it. The results belong to the caller. */
  readToken(
    cache: readonly KeyValues[],
    inputs: PieceTokenInputs,
  ): Promise<{ readonly logits: tf.Tensor; readonly cache: readonly KeyValues[] }>;
}

/** Runs a model as it is, without compilation. */
export function eagerSteps(model: GlmForConditionalGeneration): FillingSteps {
  return {
    maxPositions: model.cacheShape.maxPositions,
    readContext: (inputs) => Promise.resolve(tf.tidy(() => model.readContext(inputs).map(asContainer))),
    readToken: (cache, inputs) => {
      const result = tf.tidy(() => {
        const { logits, cache: next } = model.readToken(cache, inputs);
        return { logits, cache: next.map(asContainer) };
      });
      disposeCache(cache);
      return Promise.resolve(result);
    },
  };
}

/** For the types of `tf.tidy`, which knows no interfaces. */
function asContainer({ key, value }: KeyValues): { key: tf.Tensor; value: tf.Tensor } {
  return { key, value };
}

/** Settings of {@link fillBlanks}. */
export interface FillingOptions {
  /** What stands for a blank: the ids of `[MASK]`, `[sMASK]` and `[gMASK]`. */
  readonly maskTokenIds: readonly number[];
  readonly startOfPieceTokenId: number;
  readonly endOfPieceTokenId: number;
  /** The most tokens of one piece; less than the model's positions. */
  readonly maxTokens: number;
  /** Chooses the next token of a piece from the scores of all, [V]. Default: the likeliest. */
  readonly choose?: (scores: Float32Array, piece: readonly number[]) => number;
}

/** A text with its blanks filled. */
export interface FilledText {
  /** The text, each mask replaced by its piece. */
  readonly ids: readonly number[];
  /** The tokens for each blank, from left to right, without `<|endofpiece|>`. */
  readonly pieces: readonly (readonly number[])[];
}

/**
 * Fills the blanks of a text from left to right, each with what the earlier ones were filled with in view. A text that ends with `[gMASK]` is
 * continued.
 *
 * Part A is padded to a power of two, so that compiled steps serve many texts.
 *
 * @param context part A, at most the model's positions.
 * @throws {ClozeError} `DATA_INVALID` when the text has no blank or is too long, or `maxTokens` too large; `NON_FINITE` when the scores are NaN.
 * @see THUDM/GLM, `generate_samples.py`.
 */
export async function fillBlanks(
  steps: FillingSteps,
  context: ArrayLike<number>,
  options: FillingOptions,
): Promise<FilledText> {
  const { maskTokenIds, maxTokens } = options;
  checkLengths(context.length, maxTokens, steps.maxPositions);
  const masks = Array.from(context)
    .map((id, position) => (maskTokenIds.includes(id) ? position : -1))
    .filter((position) => position >= 0);
  if (masks.length === 0) throw noBlank(maskTokenIds);
  const reader = await PieceReader.open(steps, context, masks.length * (maxTokens + 1));
  const pieces: (readonly number[])[] = [];
  try {
    for (const position of masks) pieces.push(await fillBlank(reader, position, options));
  } finally {
    reader.dispose();
  }
  const ids = Array.from(context, (id, position) => pieces[masks.indexOf(position)] ?? [id]).flat();
  return { ids, pieces };
}

async function fillBlank(
  reader: PieceReader,
  position: number,
  { startOfPieceTokenId, endOfPieceTokenId, maxTokens, choose = likeliest }: FillingOptions,
): Promise<readonly number[]> {
  const piece: number[] = [];
  let next = startOfPieceTokenId;
  for (let blockPosition = 1; ; blockPosition++) {
    const scores = await reader.read(next, position, blockPosition);
    // Only now, although the scores are not used: the next blank is to see the last token, too.
    if (piece.length === maxTokens) return piece;
    next = choose(scores, piece);
    if (next === endOfPieceTokenId) return piece;
    piece.push(next);
  }
}

/** Reads part B token by token. */
class PieceReader {
  readonly #steps: FillingSteps;
  /** [1, S + 1]: the filled slots, and the token that is read. */
  readonly #mask: Int32Array;
  #cache: readonly KeyValues[];
  #slot: number;

  private constructor(steps: FillingSteps, cache: readonly KeyValues[], mask: Int32Array, slot: number) {
    this.#steps = steps;
    this.#cache = cache;
    this.#mask = mask;
    this.#slot = slot;
  }

  static async open(steps: FillingSteps, context: ArrayLike<number>, numTokens: number): Promise<PieceReader> {
    const length = roundedUp(context.length);
    const ids = new Int32Array(length);
    ids.set(context);
    const inputs = {
      inputIds: row(ids),
      positionIds: row(Int32Array.from(ids, (_, position) => (position < context.length ? position : 0))),
      blockPositionIds: row(new Int32Array(length)),
      sep: tf.tensor1d([context.length], 'int32'),
    };
    const keyValues = await steps.readContext(inputs);
    tf.dispose(inputs);
    // Virtual tokens may stand before the text.
    const numVirtual = (keyValues[0]?.key.shape[2] ?? length) - length;
    const capacity = roundedUp(numVirtual + length + numTokens);
    const cache = createCache(keyValues, capacity);
    disposeCache(keyValues);
    const mask = new Int32Array(capacity + 1).fill(1, 0, numVirtual + context.length).fill(1, capacity);
    return new PieceReader(steps, cache, mask, numVirtual + length);
  }

  /** The scores of what follows a token, [V]. */
  async read(id: number, position: number, blockPosition: number): Promise<Float32Array> {
    const inputs = {
      inputIds: row([id]),
      positionIds: row([position]),
      blockPositionIds: row([blockPosition]),
      attentionMask: row(this.#mask),
      slot: tf.scalar(this.#slot, 'int32'),
    };
    const { logits, cache } = await this.#steps.readToken(this.#cache, inputs);
    tf.dispose(inputs);
    this.#cache = cache;
    this.#mask[this.#slot] = 1;
    this.#slot += 1;
    const scores = Float32Array.from(await logits.data());
    logits.dispose();
    return scores;
  }

  dispose(): void {
    disposeCache(this.#cache);
  }
}

/** [1, T]. */
function row(values: ArrayLike<number>): tf.Tensor {
  return tf.tensor2d(Int32Array.from(values), [1, values.length], 'int32');
}

function disposeCache(cache: readonly KeyValues[]): void {
  for (const { key, value } of cache) tf.dispose([key, value]);
}

/** To a power of two, from 32. */
function roundedUp(length: number): number {
  return 2 ** Math.max(5, Math.ceil(Math.log2(length)));
}

function likeliest(scores: Float32Array): number {
  let best = 0;
  scores.forEach((score, id) => {
    if (score > (scores[best] ?? 0)) best = id;
  });
  if (Number.isNaN(scores[best])) {
    throw new ClozeError('NON_FINITE', {
      message: 'fillBlanks: the scores must be numbers, got NaN.',
      hint: 'The weights are damaged; load an earlier checkpoint.',
    });
  }
  return best;
}

function checkLengths(contextLength: number, maxTokens: number, maxPositions: number): void {
  if (contextLength <= maxPositions && maxTokens < maxPositions) return;
  throw new ClozeError('DATA_INVALID', {
    message: `fillBlanks: the text must have at most ${maxPositions} tokens and each piece fewer, got ${contextLength} and up to ${maxTokens}.`,
    hint: 'Shorten the text or its pieces, or use a model with more positions.',
  });
}

function noBlank(maskTokenIds: readonly number[]): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: `fillBlanks: the text must hold one of the tokens ${maskTokenIds.join(', ')}, got none.`,
    hint: 'Put [MASK] where something is missing, or [gMASK] at the end to continue the text.',
  });
}
