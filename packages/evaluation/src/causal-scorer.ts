import { ClozeError, ConfigError, type CausalLanguageModel } from '@cloze/core';
import { IGNORED_LABEL } from '@cloze/objectives';
import { encodeContinuation, idsOf, type ScoredIds, type TextTokenizer } from './encode-continuation.ts';
import type {
  ContinuationRequest,
  ContinuationScore,
  GenerationRequest,
  LanguageModelScorer,
  LogLikelihood,
} from './language-model-scorer.ts';
import { rollingWindows } from './rolling-windows.ts';
import { TokenScorer, type TokenScorerOptions } from './token-scorer.ts';

/** Settings of {@link CausalScorer}. */
export interface CausalScorerOptions extends TokenScorerOptions {
  readonly tokenizer: TextTokenizer;
  /** Stands before a text that has nothing before it, and ends what is written: GPT-2's end of text. */
  readonly prefixTokenId: number;
  /**
   * How many tokens before it each token of a long text sees at least, in all windows but the first; more is more exact and takes longer. Default: 1,
   * as in lm-evaluation-harness.
   */
  readonly contextLength?: number;
  /** Writes on after a prompt, for example with a `Decoder` of `@cloze/generation`. Default: greedily, all of the text read again for each token. */
  readonly write?: TextWriter;
}

/** Continues a prompt and returns the new text up to a stop text or the maximum of tokens. */
export type TextWriter = (
  promptIds: readonly number[],
  options: { readonly stopTexts: readonly string[]; readonly maxTokens: number },
) => Promise<string>;

/** Scores texts with a decoder. */
export class CausalScorer implements LanguageModelScorer {
  readonly #tokens: TokenScorer;
  readonly #options: CausalScorerOptions;

  private constructor(tokens: TokenScorer, options: CausalScorerOptions) {
    this.#tokens = tokens;
    this.#options = options;
  }

  /** Copies the weights of a model. Its own tensors are not read afterwards and may be disposed of. */
  static async create(model: CausalLanguageModel, options: CausalScorerOptions): Promise<CausalScorer> {
    return new CausalScorer(await TokenScorer.create(model, options), options);
  }

  /**
   * Contexts that are too long lose their beginning.
   *
   * @throws {ClozeError} `DATA_INVALID` when a continuation has no tokens, or more than the model has positions.
   */
  async scoreContinuations(requests: readonly ContinuationRequest[]): Promise<ContinuationScore[]> {
    const { tokenizer, prefixTokenId } = this.#options;
    const { maxPositions } = this.#tokens;
    const encoded = requests.map((request) => encodeContinuation(tokenizer, request, prefixTokenId));
    const tooLong = encoded.find(({ numTargets }) => numTargets > maxPositions);
    if (tooLong !== undefined) {
      throw new ClozeError('DATA_INVALID', {
        message: `A continuation must have at most as many tokens as the model has positions, ${maxPositions}, got ${tooLong.numTargets}.`,
        hint: 'Score long texts with a task of the kind perplexity.',
      });
    }
    return this.#scoreTargets(
      encoded.map(({ ids, numTargets }) => ({ ids: ids.slice(-(maxPositions + 1)), numTargets })),
    );
  }

  /** @throws {ConfigError} when `contextLength` is not between 1 and the positions of the model. */
  async scoreTexts(texts: readonly string[]): Promise<LogLikelihood[]> {
    const { tokenizer, prefixTokenId, contextLength = 1 } = this.#options;
    const { maxPositions } = this.#tokens;
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
   * @throws {ConfigError} when a text may get as long as the model has positions.
   */
  async generateUntil(requests: readonly GenerationRequest[]): Promise<string[]> {
    const { tokenizer, prefixTokenId, write = this.#writeGreedily } = this.#options;
    const { maxPositions } = this.#tokens;
    const texts: string[] = [];
    for (const { context, until, maxTokens } of requests) {
      if (maxTokens >= maxPositions) {
        throw new ConfigError({
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
    this.#tokens.dispose();
  }

  async #scoreTargets(requests: readonly ScoredIds[]): Promise<ContinuationScore[]> {
    const rows = requests.map(({ ids, numTargets }) => ({
      inputIds: ids.slice(0, -1),
      labels: ids.slice(1).fill(IGNORED_LABEL, 0, ids.length - 1 - numTargets),
    }));
    const scores = await this.#tokens.score(rows);
    return scores.map(({ losses, likeliest }, row) => {
      const labels = rows[row]?.labels ?? [];
      return {
        logLikelihood: -losses.reduce((sum, loss) => sum + loss, 0),
        numTokens: requests[row]?.numTargets ?? 0,
        isGreedy: labels.every((label, position) => label < 0 || label === likeliest[position]),
      };
    });
  }

  readonly #writeGreedily: TextWriter = async (promptIds, { stopTexts, maxTokens }) => {
    const { tokenizer, prefixTokenId } = this.#options;
    const newIds: number[] = [];
    let text = '';
    while (newIds.length < maxTokens) {
      const [scores] = await this.#tokens.score([{ inputIds: [...promptIds, ...newIds], labels: [] }]);
      const next = scores?.likeliest.at(-1) ?? prefixTokenId;
      if (next === prefixTokenId) break;
      newIds.push(next);
      text = tokenizer.decode(newIds);
      const ends = stopTexts.map((stop) => text.indexOf(stop)).filter((end) => end >= 0);
      if (ends.length > 0) return text.slice(0, Math.min(...ends));
    }
    return text;
  };
}
