import { shiftRight, type EncoderDecoderModel } from '@cloze/core';
import { IGNORED_LABEL } from '@cloze/objectives';
import type * as tf from '@tensorflow/tfjs';
import { clozeIds, idOfToken, textIds, wordIds, type PromptTokenizer } from './cloze-ids.ts';
import { PaddedRows, type BatchOptions } from './padded-rows.ts';
import { aroundBlank, type Prompt } from './prompt.ts';
import { labelsAfter, rowLogLikelihoods } from './row-log-likelihoods.ts';
import { scoresByPrompt, type WordScorer } from './word-scorer.ts';

/** How an encoder-decoder was taught to fill blanks. */
export interface BlankStyle {
  /** Stands for the blank in the source. */
  readonly blankToken: string;
  /** What the decoder has written when it comes to the word, given the text before the blank. */
  readonly targetBefore: (before: string) => readonly number[];
}

/** T5: the decoder writes the sentinel of the blank, then what is missing. */
export function sentinelBlank(tokenizer: PromptTokenizer, sentinelToken = '<extra_id_0>'): BlankStyle {
  const id = idOfToken(tokenizer, sentinelToken);
  return { blankToken: sentinelToken, targetBefore: () => [id] };
}

/** BART: the decoder writes the whole text anew. */
export function rewrittenBlank(tokenizer: PromptTokenizer, maskToken = '<mask>', startToken = '<s>'): BlankStyle {
  const start = idOfToken(tokenizer, startToken);
  return { blankToken: maskToken, targetBefore: (before) => [start, ...textIds(tokenizer, before.trimEnd())] };
}

/** Settings of {@link TextToTextWordScorer}. */
export interface TextToTextWordScorerOptions extends BatchOptions {
  readonly tokenizer: PromptTokenizer;
  readonly blank: BlankStyle;
  /** Ends every source, whether or not the tokenizer puts it there. Default: only what the tokenizer puts there. */
  readonly endTokenId?: number | undefined;
}

type TextToTextField = 'inputIds' | 'attentionMask' | 'targetIds' | 'labels';

/** Scores words with an encoder-decoder, such as T5 or BART: how likely the decoder writes the word where it fills the blank. */
export class TextToTextWordScorer implements WordScorer {
  readonly #rows: PaddedRows<TextToTextField, EncoderDecoderModel>;
  readonly #options: TextToTextWordScorerOptions;

  private constructor(rows: PaddedRows<TextToTextField, EncoderDecoderModel>, options: TextToTextWordScorerOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  /** Copies the weights of a model. Its own tensors are not read afterwards and may be disposed of. */
  static async create(model: EncoderDecoderModel, options: TextToTextWordScorerOptions): Promise<TextToTextWordScorer> {
    const { padTokenId, cacheShape } = model;
    const rows = await PaddedRows.create(model, {
      ...options,
      padding: { inputIds: padTokenId, attentionMask: 0, targetIds: padTokenId, labels: IGNORED_LABEL },
      maxPositions: cacheShape.maxPositions,
      compute: (copy: EncoderDecoderModel, inputs: Readonly<Record<TextToTextField, tf.Tensor>>) => {
        const { inputIds, attentionMask, targetIds, labels } = inputs;
        const decoderInputIds = shiftRight(targetIds, copy);
        return rowLogLikelihoods(copy.forward({ inputIds, attentionMask, decoderInputIds }).logits, labels);
      },
    });
    return new TextToTextWordScorer(rows, options);
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

  #rowsOf(prompt: Prompt, words: readonly string[]): Record<TextToTextField, number[]>[] {
    const { tokenizer, blank, endTokenId } = this.#options;
    const [before] = aroundBlank(prompt);
    const { ids } = clozeIds(prompt, { tokenizer, blankToken: blank.blankToken, addSpecialTokens: true });
    const inputIds = endTokenId === undefined || ids.at(-1) === endTokenId ? [...ids] : [...ids, endTokenId];
    const written = blank.targetBefore(before);
    return words.map((word) => {
      const wordTokens = wordIds(tokenizer, before, word);
      return {
        inputIds,
        attentionMask: inputIds.map(() => 1),
        targetIds: [...written, ...wordTokens],
        labels: labelsAfter(written.length, wordTokens),
      };
    });
  }
}
