import type {
  BlankInfillingModel,
  CausalLanguageModel,
  MaskedLanguageModel,
  Module,
  Objective,
  RandomKey,
} from '@cloze/core';
import type { Engine } from '@cloze/jit';
import {
  blankInfilling,
  causalLanguageModeling,
  IGNORED_LABEL,
  maskedLanguageModeling,
  type BlankInfillingField,
  type BlankInfillingOptions,
  type CausalLanguageModelingField,
  type MaskedLanguageModelingField,
} from '@cloze/objectives';
import { Evaluator } from '@cloze/training';
import { BERT_TOKENS } from '../small-models.ts';

/** A text: `[CLS]`, then tokens. */
export type Text = ArrayLike<number>;

/** What models are asked for: one token anywhere in a text, or all from a place in its first half on. */
export type HeldOutTask = 'filling' | 'writing';

const BLANKS: Readonly<Record<HeldOutTask, Pick<BlankInfillingOptions, 'kinds' | 'tokenShare' | 'meanSpanLength'>>> = {
  // At least one token is masked, and with this mean a blank has one.
  filling: { kinds: { tokens: 1 }, tokenShare: 0, meanSpanLength: 1e-3 },
  writing: { kinds: { document: 1 } },
};

/** What blanks are written with. */
export type InfillingTokens = Omit<BlankInfillingOptions, 'kinds'>;

/** Filling blanks; that a blank ends is no token of the text and does not count. */
export function filledByGlm(
  task: HeldOutTask,
  tokens: InfillingTokens,
): Objective<Text, BlankInfillingModel, BlankInfillingField> {
  const objective = blankInfilling({ ...tokens, ...BLANKS[task], suffixProbability: 1 });
  return {
    ...objective,
    prepare: (texts, key) => {
      const { labels, ...inputs } = objective.prepare(texts, key);
      const isEnd = (id: number): boolean => id === tokens.endOfPieceTokenId;
      const data = Int32Array.from(labels.data, (id) => (isEnd(id) ? IGNORED_LABEL : id));
      return { ...inputs, labels: { ...labels, data } };
    },
  };
}

/** The blanks that {@link filledByGlm} has with the same key, for a model that reads from both sides. */
export function filledByBert(
  tokens: InfillingTokens & { readonly vocabSize: number },
): Objective<Text, MaskedLanguageModel, MaskedLanguageModelingField> {
  const { prepare } = filledByGlm('filling', tokens);
  const { name, loss } = maskedLanguageModeling({
    ...{ tokens: BERT_TOKENS, vocabSize: tokens.vocabSize, sequenceLength: 8 },
  });
  return {
    name,
    loss,
    prepare: (texts, key) => {
      const { inputIds, positionIds, labels, sep } = prepare(texts, key);
      const [numRows = 0, columns = 0] = inputIds.shape;
      const shape = [numRows, columns];
      const places = Array.from(sep.data, (length, row) => ({ begin: row * columns, end: row * columns + length }));
      const ids = new Int32Array(numRows * columns).fill(BERT_TOKENS.padTokenId);
      const mask = new Int32Array(numRows * columns);
      for (const { begin, end } of places) {
        ids.set(inputIds.data.subarray(begin, end), begin);
        ids[end] = BERT_TOKENS.sepTokenId;
        mask.fill(1, begin, end + 1);
      }
      // The blank's own token is predicted where part B begins.
      const ofBlank = (data: ArrayLike<number>): Int32Array => Int32Array.from(places, ({ end }) => data[end] ?? 0);
      return {
        inputIds: { data: ids, shape },
        attentionMask: { data: mask, shape },
        predictionPositions: { data: ofBlank(positionIds.data), shape: [numRows, 1] },
        labels: { data: ofBlank(labels.data), shape: [numRows, 1] },
      };
    },
  };
}

/** The ends of texts that {@link filledByGlm} has with the same key, for a model that reads from left to right. */
export function writtenByGpt(
  tokens: InfillingTokens,
): Objective<Text, CausalLanguageModel, CausalLanguageModelingField> {
  const { prepare } = filledByGlm('writing', tokens);
  const objective = causalLanguageModeling();
  return {
    ...objective,
    prepare: (texts, key) => {
      const { sep } = prepare(texts, key);
      const { inputIds, labels } = objective.prepare(texts, key);
      const [, columns = 0] = labels.shape;
      // Part A is the beginning and the mask of the end; its second token is the first label.
      sep.data.forEach((length, row) => labels.data.fill(IGNORED_LABEL, row * columns, row * columns + length - 2));
      return { inputIds, labels };
    },
  };
}

/** The mean loss of a model, in nats per token that it was asked for. */
export async function heldOutLoss<M extends Module, Field extends string>(
  model: M,
  objective: Objective<Text, M, Field>,
  { texts, key, engine }: { readonly texts: readonly Text[]; readonly key: RandomKey; readonly engine: Engine },
): Promise<number> {
  const evaluator = new Evaluator<M, Text, Field>(model, { objective, batchSize: 16, key, engine });
  const { loss } = await evaluator.evaluate(model, texts);
  evaluator.dispose();
  return loss;
}
