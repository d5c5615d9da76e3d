import { assert, ClozeError, ShapeError, type KeyValues } from '@cloze/core';
import { tfjsEngine, type Engine } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';
import { continuationBatch } from './continuation-batch.ts';
import {
  compileDecoding,
  isEncoderDecoder,
  type DecodeSteps,
  type EncodedSource,
  type WritingModel,
} from './decode-steps.ts';
import { DecodingWeights } from './decoding-weights.ts';
import { logSoftmax } from './log-softmax.ts';
import { paddedBatch } from './padded-batch.ts';
import { disposeKeyValues, tokenCacheOf, type TokenCache } from './token-cache.ts';

/** Settings of {@link Decoder}. */
export interface DecoderOptions {
  /** What runs the model. Default: tfjs, without compilation. */
  readonly engine?: Engine;
  /** Keep keys and values between tokens instead of computing them again. The tokens are the same. Default: true. */
  readonly usesCache?: boolean;
}

/** Every new shape is compiled once, so lengths are rounded up to powers of two from here. */
const SMALLEST_LENGTH = 32;

/** The same for continuations that are scored, which are short. */
const SMALLEST_CONTINUATION = 4;

/** How much of a full context is kept when it moves on. Each move reads the kept part once, so the cost per token does not grow. */
const KEPT_SHARE = 0.75;

/** A text as far as it goes, and where the model begins to see it. */
interface Sequence {
  readonly ids: number[];
  readonly start: number;
}

/** What was computed of the sequences. */
interface Context {
  /** By layer, as {@link TokenCache} holds them; empty without a cache. */
  readonly held: readonly KeyValues[];
  /** S. */
  readonly capacity: number;
  /** [B, S + 1], row-major: 1 where a slot is filled, and for the next token. */
  readonly mask: Int32Array;
  readonly nextSlot: number;
}

/** A model without encoder attends to its own tokens only. */
const NO_SOURCE: EncodedSource = { crossKeyValues: [] };

/**
 * A model ready to write: it holds the weights where the engine reads them, and compiled functions for prompts and for single tokens. Use it for any
 * number of texts, one after the other; `start` begins anew.
 *
 * A decoder alone continues its prompt. An encoder-decoder reads its prompt with the encoder, once, and writes from its start token on.
 *
 * Where a text outgrows the model's positions, the context moves on to the last three quarters of it.
 */
export class Decoder {
  readonly model: WritingModel;
  readonly #weights: DecodingWeights;
  readonly #steps: DecodeSteps;
  readonly #cache: TokenCache;
  readonly #usesCache: boolean;
  #sequences: readonly Sequence[] = [];
  #source: EncodedSource = NO_SOURCE;
  /** For each sequence, which prompt it belongs to. */
  #prompts: readonly number[] = [];
  #context: Context | undefined;

  private constructor(model: WritingModel, weights: DecodingWeights, { engine, usesCache }: Required<DecoderOptions>) {
    this.model = model;
    this.#weights = weights;
    this.#steps = compileDecoding(model, { engine, usesCache, weights });
    this.#cache = tokenCacheOf(engine);
    this.#usesCache = usesCache;
  }

  /**
   * Copies the weights of a model to where the engine reads them. The model's own tensors are not read afterwards and may be disposed of.
   */
  static async create(
    model: WritingModel,
    { engine = tfjsEngine(), usesCache = true }: DecoderOptions = {},
  ): Promise<Decoder> {
    return new Decoder(model, await DecodingWeights.copy(model, engine), { engine, usesCache });
  }

  /** Whether prompts are what an encoder reads. */
  get isEncoderDecoder(): boolean {
    return isEncoderDecoder(this.model);
  }

  /** The tokens so far of each sequence: prompts included, or the start token of an encoder-decoder. */
  get sequences(): readonly (readonly number[])[] {
    return this.#sequences.map(({ ids }) => ids);
  }

  /**
   * Reads prompts: the beginnings of the texts, or what an encoder-decoder writes for.
   *
   * @param prompts of any lengths, at least one token each.
   * @param numNewTokens how many tokens are expected to follow: decides the size of the cache.
   * @returns the scores of the first new token of each, [V].
   * @throws {ShapeError} when a prompt is empty or holds ids that the model does not know, or is longer than the positions of an encoder.
   */
  async start(prompts: readonly ArrayLike<number>[], numNewTokens: number): Promise<Float32Array[]> {
    const { model } = this;
    const { vocabSize, maxPositions } = model.cacheShape;
    for (const prompt of prompts) checkPrompt(prompt, vocabSize);
    const texts = prompts.map((prompt) => Array.from(prompt));
    this.#dropSource();
    this.#prompts = texts.map((_, index) => index);
    if (isEncoderDecoder(model)) {
      this.#source = await this.#encode(texts);
      this.#sequences = texts.map(() => ({ ids: [model.decoderStartTokenId], start: 0 }));
    } else {
      this.#sequences = texts.map((ids) => ({
        ids,
        start: ids.length > maxPositions ? ids.length - keptOf(maxPositions) : 0,
      }));
    }
    return this.#read(numNewTokens);
  }

  /**
   * Appends a token to each sequence.
   *
   * @returns the scores of the next token of each, [V].
   */
  async append(ids: readonly number[]): Promise<Float32Array[]> {
    const context = this.#context;
    assert(context !== undefined, 'Decoder: start comes before append.');
    assert(ids.length === this.#sequences.length, 'Decoder: one token per sequence must be appended.');
    ids.forEach((id, row) => this.#sequences[row]?.ids.push(id));
    const { maxPositions } = this.model.cacheShape;
    if (this.#sequences.some((sequence) => numSeen(sequence) > maxPositions)) {
      this.#sequences = this.#sequences.map((sequence) =>
        numSeen(sequence) > maxPositions
          ? { ...sequence, start: sequence.ids.length - keptOf(maxPositions) }
          : sequence,
      );
      return this.#read(maxPositions);
    }
    const canGoOn = this.#usesCache && context.nextSlot < context.capacity;
    return canGoOn ? this.#readNext(context, ids) : this.#read(context.capacity);
  }

  /**
   * The log probabilities of given continuations of the sequences, read at once. The sequences stay as they are; call `start` before anything else.
   *
   * @param continuations for each sequence, at least one token, and with the sequence no longer than the positions.
   * @param scores what `start`, `append` or `reorder` left: of the first token of each.
   * @returns for each sequence, of each token, in nats.
   * @throws {ClozeError} `USAGE` without a cache.
   */
  async scoreContinuations(
    continuations: readonly (readonly number[])[],
    scores: readonly Float32Array[],
  ): Promise<number[][]> {
    const context = this.#context;
    assert(context !== undefined, 'Decoder: start comes before scoreContinuations.');
    if (!this.#usesCache) {
      throw new ClozeError('USAGE', {
        message: 'Decoder: continuations are scored with a cache, but this decoder has none.',
        hint: 'Create it with usesCache: true.',
      });
    }
    for (const ids of continuations) checkPrompt(ids, this.model.cacheShape.vocabSize);
    const first = continuations.map((ids, row) => logSoftmax(scores[row] ?? new Float32Array())[ids[0] ?? 0] ?? 0);
    const later = await this.#scoreLater(context, continuations);
    return continuations.map((ids, row) => [first[row] ?? 0, ...(later[row] ?? [])].slice(0, ids.length));
  }

  /**
   * Makes each sequence the continuation of another one, as beam search does. There may be more or fewer than before.
   *
   * @param origins for each new sequence, which of the present ones it takes over.
   */
  async reorder(origins: readonly number[]): Promise<void> {
    const context = this.#context;
    assert(context !== undefined, 'Decoder: start comes before reorder.');
    if (isSame(origins, [...this.#sequences.keys()])) return;
    this.#sequences = origins.map((origin) => {
      const { ids, start } = this.#sequences[origin] ?? { ids: [], start: 0 };
      return { ids: [...ids], start };
    });
    const rows = tf.tensor1d([...origins], 'int32');
    this.#context = {
      ...context,
      held: this.#cache.select(context.held, origins),
      mask: selectedRows(context.mask, origins, context.capacity + 1),
    };
    const prompts = origins.map((origin) => this.#prompts[origin] ?? 0);
    const { crossKeyValues, encoderAttentionMask } = this.#source;
    if (encoderAttentionMask !== undefined && !isSame(prompts, this.#prompts)) {
      this.#source = {
        crossKeyValues: await this.#steps.selectRows(crossKeyValues, rows),
        encoderAttentionMask: tf.gather(encoderAttentionMask, rows),
      };
      encoderAttentionMask.dispose();
    }
    this.#prompts = prompts;
    rows.dispose();
  }

  /** Frees the weights, the cache and the compiled functions. */
  dispose(): void {
    this.#dropContext();
    this.#dropSource();
    this.#weights.dispose();
    const { readSource, readPrompt, readToken, scoreTokens, selectRows } = this.#steps;
    for (const step of [readSource, readPrompt, readToken, scoreTokens, selectRows]) step.dispose();
  }

  async #encode(texts: readonly (readonly number[])[]): Promise<EncodedSource> {
    const longest = longestOf(texts);
    // Beyond the positions nothing is padded: the encoder knows whether it can read that.
    const length = Math.max(longest, Math.min(roundedUp(longest), this.model.cacheShape.maxPositions));
    const { ids, mask } = paddedBatch(texts, length);
    const inputIds = tf.tensor(ids, [texts.length, length], 'int32');
    const attentionMask = tf.tensor(mask, [texts.length, length], 'int32');
    try {
      const crossKeyValues = await this.#steps.readSource(this.#weights.parameters, { inputIds, attentionMask });
      return { crossKeyValues, encoderAttentionMask: attentionMask };
    } catch (error) {
      attentionMask.dispose();
      throw error;
    } finally {
      inputIds.dispose();
    }
  }

  /** Reads what is seen of each sequence at positions from 0, and makes a cache of it. */
  async #read(numNewTokens: number): Promise<Float32Array[]> {
    this.#dropContext();
    const { maxPositions } = this.model.cacheShape;
    const seen = this.#sequences.map(({ ids, start }) => ids.slice(start));
    const longest = longestOf(seen);
    const length = Math.min(roundedUp(longest), maxPositions);
    const batch = paddedBatch(seen, length);
    const tensorOf = (values: Int32Array): tf.Tensor => tf.tensor(values.slice(), [seen.length, length], 'int32');
    const inputs = {
      inputIds: tensorOf(batch.ids),
      positionIds: tensorOf(batch.positions),
      attentionMask: tensorOf(batch.mask),
      lastTokens: tf.tensor1d(
        seen.map((ids, row) => row * length + ids.length - 1),
        'int32',
      ),
    };
    const { logits, keyValues } = await this.#steps.readPrompt(this.#weights.parameters, this.#source, inputs);
    tf.dispose(inputs);

    // Shorter sequences leave slots empty, but no positions. Virtual tokens before the texts take slots, but no positions.
    const numVirtual = (keyValues[0]?.value.shape[2] ?? length) - length;
    const numTokens = Math.max(length, longest + Math.min(numNewTokens, maxPositions - longest));
    const capacity = roundedUp(numVirtual + numTokens);
    const mask = new Int32Array(seen.length * (capacity + 1));
    seen.forEach((ids, row) => {
      mask.fill(1, row * (capacity + 1), row * (capacity + 1) + numVirtual + ids.length);
      mask[(row + 1) * (capacity + 1) - 1] = 1;
    });
    const nextSlot = numVirtual + longest;
    this.#context = { held: await this.#cache.create(keyValues, capacity), capacity, mask, nextSlot };
    disposeKeyValues(keyValues);
    return this.#rowsOf(logits);
  }

  /** Reads one more token of each sequence with the cache. */
  async #readNext(context: Context, ids: readonly number[]): Promise<Float32Array[]> {
    const { capacity, mask, nextSlot } = context;
    const positions = this.#sequences.map((sequence) => numSeen(sequence) - 1);
    const inputs = {
      inputIds: tf.tensor([...ids], [ids.length, 1], 'int32'),
      positionIds: tf.tensor(positions, [ids.length, 1], 'int32'),
      attentionMask: tf.tensor(mask.slice(), [ids.length, capacity + 1], 'int32'),
    };
    const { logits, added } = await this.#steps.readToken(this.#weights.parameters, this.#source, context.held, inputs);
    const held = await this.#cache.write(context.held, added, nextSlot);
    tf.dispose([inputs, added]);
    for (let row = 0; row < ids.length; row++) mask[row * (capacity + 1) + nextSlot] = 1;
    this.#context = { ...context, held, nextSlot: nextSlot + 1 };
    return this.#rowsOf(logits);
  }

  /** For all tokens but the first of each continuation. */
  async #scoreLater(context: Context, continuations: readonly (readonly number[])[]): Promise<number[][]> {
    const longest = longestOf(continuations) - 1;
    if (longest < 1) return [];
    const length = roundedUp(longest, SMALLEST_CONTINUATION);
    const { capacity, mask } = context;
    const batch = continuationBatch(continuations, length, {
      mask,
      capacity,
      lengths: this.#sequences.map(numSeen),
      vocabSize: this.model.cacheShape.vocabSize,
    });
    const tensorOf = (values: Int32Array, width: number): tf.Tensor =>
      tf.tensor(values, [continuations.length, width], 'int32');
    const inputs = {
      inputIds: tensorOf(batch.ids, length),
      positionIds: tensorOf(batch.positions, length),
      attentionMask: tensorOf(batch.mask, capacity + length),
      targets: tf.tensor1d(batch.targets, 'int32'),
    };
    const scored = await this.#steps.scoreTokens(this.#weights.parameters, this.#source, context.held, inputs);
    const values = Array.from(await scored.data());
    tf.dispose([inputs, scored]);
    return continuations.map((_, row) => values.slice(row * length, (row + 1) * length));
  }

  async #rowsOf(logits: tf.Tensor): Promise<Float32Array[]> {
    const { vocabSize } = this.model.cacheShape;
    const values = await logits.data();
    const rows = this.#sequences.map((_, row) =>
      Float32Array.from(values.subarray(row * vocabSize, (row + 1) * vocabSize)),
    );
    logits.dispose();
    return rows;
  }

  #dropContext(): void {
    if (this.#context !== undefined) disposeKeyValues(this.#context.held);
    this.#context = undefined;
  }

  #dropSource(): void {
    disposeKeyValues(this.#source.crossKeyValues);
    this.#source.encoderAttentionMask?.dispose();
    this.#source = NO_SOURCE;
  }
}

function longestOf(sequences: readonly (readonly number[])[]): number {
  return Math.max(...sequences.map(({ length }) => length));
}

function selectedRows(values: Int32Array, rows: readonly number[], width: number): Int32Array {
  const selected = new Int32Array(rows.length * width);
  rows.forEach((row, index) => {
    selected.set(values.subarray(row * width, (row + 1) * width), index * width);
  });
  return selected;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function numSeen({ ids, start }: Sequence): number {
  return ids.length - start;
}

function keptOf(maxPositions: number): number {
  return Math.max(1, Math.floor(maxPositions * KEPT_SHARE));
}

function roundedUp(length: number, smallest = SMALLEST_LENGTH): number {
  let rounded = smallest;
  while (rounded < length) rounded *= 2;
  return rounded;
}

function checkPrompt(prompt: ArrayLike<number>, vocabSize: number): void {
  if (prompt.length === 0) {
    throw new ShapeError({
      message: 'A prompt must have at least one token, got none.',
      hint: 'Begin with a first word.',
    });
  }
  const unknown = Array.from(prompt).find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (unknown !== undefined) {
    throw new ShapeError({
      message: `Token ids must be whole numbers from 0 to ${vocabSize - 1}, got ${unknown}.`,
      hint: 'Use the tokenizer that belongs to the model.',
    });
  }
}
