import {
  ClozeError,
  parametersOf,
  ShapeError,
  withParameters,
  type CausalLanguageModel,
  type ParameterMap,
} from '@cloze/core';
import { jit, tfjsEngine, toHostTensor, type Compiled, type Engine } from '@cloze/jit';
import { IGNORED_LABEL, tokenCrossEntropy } from '@cloze/objectives';
import * as tf from '@tensorflow/tfjs';
import { encodeContinuation, idsOf, type ScoredIds, type TextTokenizer } from './encode-continuation.ts';
import type {
  ContinuationRequest,
  ContinuationScore,
  GenerationRequest,
  LanguageModelScorer,
  LogLikelihood,
} from './language-model-scorer.ts';
import { rollingWindows } from './rolling-windows.ts';

/** Settings of {@link CausalScorer}. */
export interface CausalScorerOptions {
  readonly tokenizer: TextTokenizer;
  /** Stands before a text that has nothing before it, and ends what is written: GPT-2's end of text. */
  readonly prefixTokenId: number;
  /** What runs the model. Default: tfjs, without compilation. */
  readonly engine?: Engine;
  /** Tokens of a batch, padding included: their scores of all tokens of the vocabulary are in memory at once. Default: 1024. */
  readonly tokensPerBatch?: number;
  /** How much of a long text each predicted token sees at least; see {@link rollingWindows}. Default: 1, as lm-evaluation-harness. */
  readonly contextLength?: number;
  /** Writes on after a prompt, for example with a `Decoder` of `@cloze/generation`. Default: greedily, all of the text read again for each token. */
  readonly write?: TextWriter;
}

/** Continues a prompt and returns the new text up to a stop text or the maximum of tokens. */
export type TextWriter = (
  promptIds: readonly number[],
  options: { readonly stopTexts: readonly string[]; readonly maxTokens: number },
) => Promise<string>;

/** What is computed of each token of a batch, both [B * T]. */
interface TokenScores {
  /** In nats; 0 where nothing is predicted. */
  readonly losses: tf.Tensor;
  /** The likeliest next token, int32. */
  readonly likeliest: tf.Tensor;
}

/** A row of a batch: what the model reads and what it is to predict at each position. */
interface Row {
  readonly inputIds: readonly number[];
  readonly labels: readonly number[];
}

/** What came of a row, by position. */
interface RowScores {
  readonly losses: Float32Array;
  readonly likeliest: Int32Array;
}

/** Every new shape is compiled once, so lengths are rounded up to powers of two from here. */
const SMALLEST_LENGTH = 32;

/**
 * Scores texts with a decoder: in batches of similar lengths, padded on the right, where padding changes nothing. Holds a copy of the weights where the
 * engine reads them.
 */
export class CausalScorer implements LanguageModelScorer {
  readonly #model: CausalLanguageModel;
  readonly #parameters: ParameterMap;
  readonly #score: Compiled<[ParameterMap, tf.Tensor, tf.Tensor], TokenScores>;
  readonly #options: CausalScorerOptions;

  private constructor(model: CausalLanguageModel, parameters: ParameterMap, options: CausalScorerOptions) {
    this.#model = model;
    this.#parameters = parameters;
    this.#options = options;
    this.#score = jit(
      (weights: ParameterMap, inputIds: tf.Tensor, labels: tf.Tensor) =>
        scoreTokens(withParameters(model, weights), inputIds, labels),
      { engine: options.engine ?? tfjsEngine() },
    );
  }

  /** Copies the weights of a model. Its own tensors are not read afterwards and may be disposed of. */
  static async create(model: CausalLanguageModel, options: CausalScorerOptions): Promise<CausalScorer> {
    const isCompiled = options.engine?.kind === 'graph';
    const copies = Object.entries(parametersOf(model)).map(async ([path, tensor]) => {
      const values = Float32Array.from(await tensor.data());
      const copy = isCompiled ? toHostTensor(values, tensor.shape, 'float32') : tf.tensor(values, tensor.shape);
      return [path, copy] as const;
    });
    return new CausalScorer(model, Object.fromEntries(await Promise.all(copies)), options);
  }

  /**
   * Contexts that are too long lose their beginning.
   *
   * @throws {ClozeError} `DATA_INVALID` when a continuation has no tokens, or more than the model has positions.
   */
  async scoreContinuations(requests: readonly ContinuationRequest[]): Promise<ContinuationScore[]> {
    const { tokenizer, prefixTokenId } = this.#options;
    const { maxPositions } = this.#model.cacheShape;
    const encoded = requests.map((request) => encodeContinuation(tokenizer, request, prefixTokenId));
    const longest = encoded.find(({ numTargets }) => numTargets > maxPositions);
    if (longest !== undefined) {
      throw new ClozeError('DATA_INVALID', {
        message: `A continuation must have at most the model's ${maxPositions} positions, got ${longest.numTargets} tokens.`,
        hint: 'Score long texts with a task of kind perplexity.',
      });
    }
    return this.#scoreTargets(
      encoded.map(({ ids, numTargets }) => ({ ids: ids.slice(-(maxPositions + 1)), numTargets })),
    );
  }

  /** @throws {ConfigError} when `contextLength` is not between 1 and the positions of the model. */
  async scoreTexts(texts: readonly string[]): Promise<LogLikelihood[]> {
    const { tokenizer, prefixTokenId, contextLength = 1 } = this.#options;
    const { maxPositions } = this.#model.cacheShape;
    const windows = texts.map((text) =>
      rollingWindows(idsOf(tokenizer, text), { prefixTokenId, maxPositions, contextLength }),
    );
    const scores = await this.#scoreTargets(windows.flat());
    let next = 0;
    return windows.map(({ length }) => {
      const ofText = scores.slice(next, (next += length));
      return {
        logLikelihood: ofText.reduce((sum, { logLikelihood }) => sum + logLikelihood, 0),
        numTokens: ofText.reduce((sum, { numTokens }) => sum + numTokens, 0),
      };
    });
  }

  /**
   * Contexts that leave no room for the text lose their beginning.
   *
   * @throws {ShapeError} when a text may get as long as the model has positions.
   */
  async generateUntil(requests: readonly GenerationRequest[]): Promise<string[]> {
    const { tokenizer, prefixTokenId, write = this.#writeGreedily } = this.#options;
    const { maxPositions } = this.#model.cacheShape;
    const texts: string[] = [];
    for (const { context, until, maxTokens } of requests) {
      if (maxTokens >= maxPositions) {
        throw new ShapeError({
          message: `maxTokens must be less than the model's ${maxPositions} positions, got ${maxTokens}.`,
          hint: 'Shorter texts leave room for the context.',
        });
      }
      const ids = context === '' ? [prefixTokenId] : idsOf(tokenizer, context);
      texts.push(await write(ids.slice(-(maxPositions - maxTokens)), { stopTexts: until, maxTokens }));
    }
    return texts;
  }

  /** Frees the weights and the compiled function. */
  dispose(): void {
    for (const parameter of Object.values(this.#parameters)) parameter.dispose();
    this.#score.dispose();
  }

  async #scoreTargets(requests: readonly ScoredIds[]): Promise<ContinuationScore[]> {
    const rows = requests.map(({ ids, numTargets }) => {
      const labels = ids.slice(1).fill(IGNORED_LABEL, 0, ids.length - 1 - numTargets);
      return { inputIds: ids.slice(0, -1), labels };
    });
    const scores = await this.#scoreRows(rows);
    return rows.map(({ labels }, index) => {
      const { losses, likeliest } = scores[index] ?? NO_SCORES;
      return {
        logLikelihood: -losses.reduce((sum, loss) => sum + loss, 0),
        numTokens: requests[index]?.numTargets ?? 0,
        isGreedy: labels.every((label, position) => label < 0 || label === likeliest[position]),
      };
    });
  }

  readonly #writeGreedily: TextWriter = async (promptIds, { stopTexts, maxTokens }) => {
    const { tokenizer, prefixTokenId } = this.#options;
    const ids = [...promptIds];
    let text = '';
    while (ids.length < promptIds.length + maxTokens) {
      const [scores = NO_SCORES] = await this.#scoreRows([{ inputIds: ids, labels: [] }]);
      const next = scores.likeliest.at(-1) ?? prefixTokenId;
      if (next === prefixTokenId) break;
      ids.push(next);
      text = tokenizer.decode(ids.slice(promptIds.length));
      const ends = stopTexts.map((stop) => text.indexOf(stop)).filter((end) => end >= 0);
      if (ends.length > 0) return text.slice(0, Math.min(...ends));
    }
    return text;
  };

  /** Rows of similar lengths are computed together, the longest first: what does not fit into memory fails at once. */
  async #scoreRows(rows: readonly Row[]): Promise<RowScores[]> {
    const { tokensPerBatch = 1024 } = this.#options;
    const scores: RowScores[] = rows.map(() => NO_SCORES);
    const order = [...rows.keys()].sort((a, b) => lengthOf(rows[b]) - lengthOf(rows[a]));
    for (let start = 0; start < order.length;) {
      const longest = lengthOf(rows[order[start] ?? 0]);
      const length = Math.min(roundedUp(longest, SMALLEST_LENGTH), this.#model.cacheShape.maxPositions);
      const batchSize = Math.max(1, Math.min(Math.floor(tokensPerBatch / length), roundedUp(order.length - start, 1)));
      const members = order.slice(start, start + batchSize);
      const batch = await this.#scoreBatch(
        members.flatMap((member) => rows[member] ?? []),
        { batchSize, length },
      );
      members.forEach((member, row) => {
        scores[member] = batch[row] ?? NO_SCORES;
      });
      start += batchSize;
    }
    return scores;
  }

  async #scoreBatch(
    rows: readonly Row[],
    { batchSize, length }: { readonly batchSize: number; readonly length: number },
  ): Promise<RowScores[]> {
    const inputIds = new Int32Array(batchSize * length);
    const labels = new Int32Array(batchSize * length).fill(IGNORED_LABEL);
    rows.forEach((row, index) => {
      inputIds.set(row.inputIds, index * length);
      labels.set(row.labels, index * length);
    });
    const inputs = [inputIds, labels].map((values) => tf.tensor2d(values, [batchSize, length], 'int32')) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const outputs = await this.#score(this.#parameters, ...inputs);
    const [losses, likeliest] = await Promise.all([outputs.losses.data(), outputs.likeliest.data()]);
    tf.dispose([inputs, [outputs.losses, outputs.likeliest]]);
    return rows.map((row, index) => {
      const [start, end] = [index * length, index * length + row.inputIds.length];
      return {
        losses: Float32Array.from(losses.slice(start, end)),
        likeliest: Int32Array.from(likeliest.slice(start, end)),
      };
    });
  }
}

const NO_SCORES: RowScores = { losses: new Float32Array(), likeliest: new Int32Array() };

/** @param inputIds [B, T] int32; `labels` [B, T] int32, negative where nothing is predicted. */
function scoreTokens(model: CausalLanguageModel, inputIds: tf.Tensor, labels: tf.Tensor): TokenScores {
  const { logits } = model.forward({ inputIds });
  const rows = tf.reshape(logits, [-1, logits.shape.at(-1) ?? 1]); // [B * T, V]
  return { losses: tokenCrossEntropy(rows, tf.reshape(labels, [-1])), likeliest: tf.argMax(rows, 1) };
}

function lengthOf(row: Row | undefined): number {
  return row?.inputIds.length ?? 0;
}

function roundedUp(length: number, smallest: number): number {
  let rounded = smallest;
  while (rounded < length) rounded *= 2;
  return rounded;
}
