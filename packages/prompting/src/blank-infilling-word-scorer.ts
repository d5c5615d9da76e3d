import type { BlankInfillingModel } from '@cloze/core';
import { IGNORED_LABEL } from '@cloze/objectives';
import * as tf from '@tensorflow/tfjs';
import { clozeIds, idOfToken, wordIds, type PromptTokenizer } from './cloze-ids.ts';
import { PaddedRows, type BatchOptions } from './padded-rows.ts';
import { aroundBlank, type Prompt } from './prompt.ts';
import { labelsAfter, rowLogLikelihoods } from './row-log-likelihoods.ts';
import { scoresByPrompt, type WordScorer } from './word-scorer.ts';

/** Settings of {@link BlankInfillingWordScorer}. */
export interface BlankInfillingWordScorerOptions extends BatchOptions {
  readonly tokenizer: PromptTokenizer;
  readonly padTokenId: number;
  /** Default: those of GLM. */
  readonly tokens?: BlankInfillingPromptTokens;
}

/** The special tokens that GLM reads and fills blanks with. */
export interface BlankInfillingPromptTokens {
  readonly classification: string;
  readonly mask: string;
  readonly startOfPiece: string;
}

const GLM_TOKENS: BlankInfillingPromptTokens = {
  classification: '[CLS]',
  mask: '[MASK]',
  startOfPiece: '<|startofpiece|>',
};

type BlankInfillingField = 'inputIds' | 'sep' | 'positionIds' | 'blockPositionIds' | 'labels';

/**
 * Scores words with a model that fills blanks token by token, GLM: how likely the word is, each token given those before it.
 *
 * @see Du et al. 2022, "GLM: General Language Model Pretraining with Autoregressive Blank Infilling", section 2.3. <https://arxiv.org/abs/2103.10360>
 */
export class BlankInfillingWordScorer implements WordScorer {
  readonly #rows: PaddedRows<BlankInfillingField, BlankInfillingModel>;
  readonly #options: BlankInfillingWordScorerOptions;

  private constructor(
    rows: PaddedRows<BlankInfillingField, BlankInfillingModel>,
    options: BlankInfillingWordScorerOptions,
  ) {
    this.#rows = rows;
    this.#options = options;
  }

  /** Copies the weights of a model. Its own tensors are not read afterwards and may be disposed of. */
  static async create(
    model: BlankInfillingModel,
    options: BlankInfillingWordScorerOptions,
  ): Promise<BlankInfillingWordScorer> {
    const rows = await PaddedRows.create(model, {
      ...options,
      padding: { inputIds: options.padTokenId, sep: 0, positionIds: 0, blockPositionIds: 0, labels: IGNORED_LABEL },
      maxPositions: model.cacheShape.maxPositions,
      compute: (copy: BlankInfillingModel, inputs: Readonly<Record<BlankInfillingField, tf.Tensor>>) => {
        const { labels, sep, ...others } = inputs;
        return rowLogLikelihoods(copy.forward({ ...others, sep: tf.squeeze(sep, [1]) }).logits, labels);
      },
    });
    return new BlankInfillingWordScorer(rows, options);
  }

  async scoreWords(prompts: readonly Prompt[], words: readonly string[]): Promise<number[][]> {
    const scores = await this.#rows.run(prompts.flatMap((prompt) => this.#rowsOf(prompt, words)));
    return scoresByPrompt(
      scores.map(([score = NaN]) => score),
      words.length,
    );
  }

  /** Frees the weights and the compiled function. */
  dispose(): void {
    this.#rows.dispose();
  }

  /** Part A is the text, part B the word after the start of its piece, at the position of the mask. */
  #rowsOf(prompt: Prompt, words: readonly string[]): Record<BlankInfillingField, number[]>[] {
    const { tokenizer, tokens = GLM_TOKENS } = this.#options;
    const [before] = aroundBlank(prompt);
    const cloze = clozeIds(prompt, { tokenizer, blankToken: tokens.mask, addSpecialTokens: false });
    const partA = [idOfToken(tokenizer, tokens.classification), ...cloze.ids];
    const maskPosition = cloze.blankPosition + 1;
    return words.map((word) => {
      const wordTokens = wordIds(tokenizer, before, word);
      return {
        inputIds: [...partA, idOfToken(tokenizer, tokens.startOfPiece), ...wordTokens.slice(0, -1)],
        sep: [partA.length],
        positionIds: [...partA.keys(), ...wordTokens.map(() => maskPosition)],
        blockPositionIds: [...partA.map(() => 0), ...wordTokens.map((_, index) => index + 1)],
        labels: labelsAfter(partA.length, wordTokens),
      };
    });
  }
}
