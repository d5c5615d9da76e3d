import type { MaskedLanguageModel } from '@cloze/core';
import * as tf from '@tensorflow/tfjs';
import { clozeIds, wordIds, type PromptTokenizer } from './cloze-ids.ts';
import { PaddedRows, type BatchOptions } from './padded-rows.ts';
import { aroundBlank, type Prompt } from './prompt.ts';
import type { WordScorer } from './word-scorer.ts';

/** How the scores of a word's tokens, all at the one mask, become the score of the word. */
export type TokenCombination = 'mean' | 'first' | 'max';

/** Settings of {@link MaskedWordScorer}. */
export interface MaskedWordScorerOptions extends BatchOptions {
  readonly tokenizer: PromptTokenizer;
  /** Default: `[MASK]`. */
  readonly maskToken?: string;
  readonly padTokenId: number;
  /** The most tokens that the model reads. */
  readonly maxPositions: number;
  /** Default: `mean`. */
  readonly combination?: TokenCombination;
}

type MaskedField = 'inputIds' | 'attentionMask' | 'predictionPositions';

/** Scores words with a model that reads from both sides, such as BERT: the blank is one mask, whatever the number of a word's tokens. */
export class MaskedWordScorer implements WordScorer {
  readonly #rows: PaddedRows<MaskedField, MaskedLanguageModel>;
  readonly #options: MaskedWordScorerOptions;

  private constructor(rows: PaddedRows<MaskedField, MaskedLanguageModel>, options: MaskedWordScorerOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  /** Copies the weights of a model. Its own tensors are not read afterwards and may be disposed of. */
  static async create(model: MaskedLanguageModel, options: MaskedWordScorerOptions): Promise<MaskedWordScorer> {
    const rows = await PaddedRows.create(model, {
      ...options,
      padding: { inputIds: options.padTokenId, attentionMask: 0, predictionPositions: 0 },
      compute: (copy: MaskedLanguageModel, inputs: Readonly<Record<MaskedField, tf.Tensor>>) =>
        tf.squeeze(copy.forward(inputs).logits, [1]), // [B, V]
    });
    return new MaskedWordScorer(rows, options);
  }

  async scoreWords(prompts: readonly Prompt[], words: readonly string[]): Promise<number[][]> {
    const { tokenizer, maskToken = '[MASK]', combination = 'mean' } = this.#options;
    const tokensOf = prompts.map((prompt) => words.map((word) => wordIds(tokenizer, aroundBlank(prompt)[0], word)));
    const logits = await this.#rows.run(
      prompts.map((prompt) => {
        const { ids, blankPosition } = clozeIds(prompt, { tokenizer, blankToken: maskToken, addSpecialTokens: true });
        return { inputIds: ids, attentionMask: ids.map(() => 1), predictionPositions: [blankPosition] };
      }),
    );
    return tokensOf.map((tokensOfWords, row) =>
      tokensOfWords.map((tokens) => COMBINATIONS[combination](tokens.map((id) => logits[row]?.[id] ?? NaN))),
    );
  }

  /** Frees the weights and the compiled function. */
  dispose(): void {
    this.#rows.dispose();
  }
}

const COMBINATIONS: Readonly<Record<TokenCombination, (scores: readonly number[]) => number>> = {
  mean: (scores) => scores.reduce((sum, score) => sum + score, 0) / scores.length,
  first: ([score = NaN]) => score,
  max: (scores) => Math.max(...scores),
};
