import { parametersOf, withParameters, type CausalLanguageModel, type ParameterMap } from '@cloze/core';
import { copyForEngine, jit, tfjsEngine, type Compiled, type Engine } from '@cloze/jit';
import { IGNORED_LABEL, tokenCrossEntropy } from '@cloze/objectives';
import * as tf from '@tensorflow/tfjs';

/** Settings of {@link TokenScorer}. */
export interface TokenScorerOptions {
  /** What runs the model. Default: tfjs, without compilation. */
  readonly engine?: Engine;
  /** Tokens of a batch, padding included: their scores of all tokens of the vocabulary are in memory at once. Default: 1024. */
  readonly tokensPerBatch?: number;
}

/** A text as a model reads it, at most as long as it has positions, and what it is to predict at each position. */
export interface TokenRow {
  readonly inputIds: readonly number[];
  /** Negative, or absent, where nothing is to be predicted. */
  readonly labels: readonly number[];
}

/** What a model says about a row, by position. */
export interface TokenScores {
  /** How unlikely each label is, in nats; 0 where nothing is predicted. */
  readonly losses: Float32Array;
  /** The likeliest next token. */
  readonly likeliest: Int32Array;
}

/** Every new shape is compiled once, so lengths are rounded up to powers of two from here. */
const SMALLEST_LENGTH = 32;

/**
 * A decoder that scores given tokens, in batches of similar lengths padded on the right, where padding changes nothing. It holds a copy of the weights
 * where the engine reads them.
 */
export class TokenScorer {
  readonly maxPositions: number;
  readonly #parameters: ParameterMap;
  readonly #score: Compiled<[ParameterMap, BatchInputs], BatchScores>;
  readonly #tokensPerBatch: number;

  private constructor(
    model: CausalLanguageModel,
    parameters: ParameterMap,
    { engine, tokensPerBatch }: Required<TokenScorerOptions>,
  ) {
    this.maxPositions = model.cacheShape.maxPositions;
    this.#parameters = parameters;
    this.#score = jit(
      (weights: ParameterMap, inputs: BatchInputs) => scoreBatch(withParameters(model, weights), inputs),
      { engine },
    );
    this.#tokensPerBatch = tokensPerBatch;
  }

  /** Copies the weights of a model. Its own tensors are not read afterwards and may be disposed of. */
  static async create(
    model: CausalLanguageModel,
    { engine = tfjsEngine(), tokensPerBatch = 1024 }: TokenScorerOptions = {},
  ): Promise<TokenScorer> {
    const parameters = await copyForEngine(parametersOf(model), engine);
    return new TokenScorer(model, parameters, { engine, tokensPerBatch });
  }

  /** Scores rows of any lengths. The longest are computed first: what does not fit into memory fails at once. */
  async score(rows: readonly TokenRow[]): Promise<TokenScores[]> {
    const scores: TokenScores[] = rows.map(() => NO_SCORES);
    const longestFirst = rows
      .map((row, index) => ({ row, index }))
      .sort((a, b) => b.row.inputIds.length - a.row.inputIds.length);
    let left = longestFirst;
    while (left.length > 0) {
      const length = Math.min(roundedUp(left[0]?.row.inputIds.length ?? 0, SMALLEST_LENGTH), this.maxPositions);
      const mostRows = Math.max(1, Math.floor(this.#tokensPerBatch / length));
      const batchSize = Math.min(mostRows, roundedUp(left.length, 1));
      const batch = left.slice(0, batchSize);
      left = left.slice(batchSize);
      const computed = await this.#scoreBatch(
        batch.map(({ row }) => row),
        [batchSize, length],
      );
      batch.forEach(({ index }, position) => {
        scores[index] = computed[position] ?? NO_SCORES;
      });
    }
    return scores;
  }

  /** Frees the weights and the compiled function. */
  dispose(): void {
    for (const parameter of Object.values(this.#parameters)) parameter.dispose();
    this.#score.dispose();
  }

  /** @param shape [B, T]; B may be more than there are rows, so that fewer shapes are compiled. */
  async #scoreBatch(rows: readonly TokenRow[], shape: readonly [number, number]): Promise<TokenScores[]> {
    const [batchSize, length] = shape;
    const inputIds = new Int32Array(batchSize * length);
    const labels = new Int32Array(batchSize * length).fill(IGNORED_LABEL);
    rows.forEach((row, index) => {
      inputIds.set(row.inputIds, index * length);
      labels.set(row.labels, index * length);
    });
    const inputs = {
      inputIds: tf.tensor(inputIds, [...shape], 'int32'),
      labels: tf.tensor(labels, [...shape], 'int32'),
    };
    const outputs = await this.#score(this.#parameters, inputs);
    const [losses, likeliest] = await Promise.all([outputs.losses.data(), outputs.likeliest.data()]);
    for (const tensor of [inputs.inputIds, inputs.labels, outputs.losses, outputs.likeliest]) tensor.dispose();
    return rows.map((row, index) => {
      const [start, end] = [index * length, index * length + row.inputIds.length];
      return {
        losses: Float32Array.from(losses.slice(start, end)),
        likeliest: Int32Array.from(likeliest.slice(start, end)),
      };
    });
  }
}

const NO_SCORES: TokenScores = { losses: new Float32Array(), likeliest: new Int32Array() };

/** Both [B, T] int32. */
interface BatchInputs {
  readonly inputIds: tf.Tensor;
  readonly labels: tf.Tensor;
}

/** Both [B * T]; `likeliest` is int32. */
interface BatchScores {
  readonly losses: tf.Tensor;
  readonly likeliest: tf.Tensor;
}

function scoreBatch(model: CausalLanguageModel, { inputIds, labels }: BatchInputs): BatchScores {
  const { logits } = model.forward({ inputIds });
  const rows = tf.reshape(logits, [-1, logits.shape.at(-1) ?? 1]); // [B * T, V]
  return { losses: tokenCrossEntropy(rows, tf.reshape(labels, [-1])), likeliest: tf.argMax(rows, 1) };
}

function roundedUp(length: number, smallest: number): number {
  let rounded = smallest;
  while (rounded < length) rounded *= 2;
  return rounded;
}
