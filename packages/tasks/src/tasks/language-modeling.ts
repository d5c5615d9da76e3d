import type { CausalLanguageModel, RandomKey } from '@cloze/core';
import { sequentialBlocks, tokenBlocks } from '@cloze/datasets';
import {
  CausalScorer,
  perplexities,
  statisticOf,
  type LogLikelihood,
  type Perplexities,
  type ScoredText,
} from '@cloze/evaluation';
import { causalLanguageModeling, type CausalLanguageModelingField } from '@cloze/objectives';
import type { Tokenizer } from '@cloze/tokenizer';
import { trainPhases } from '@cloze/training';
import { TaskValues, type TaskRow } from '../task-values.ts';
import type { Metrics, PlanOptions, Predictor, PredictorOptions, Task, TaskContext, TaskPlan } from '../task.ts';

/** A text to learn to write. */
export interface PlainText extends TaskRow {
  readonly text: string;
}

const END_OF_TEXT = '<|endoftext|>';

/** Each token from those before it: adapts a decoder to other texts, which are read one after the other. */
export const languageModeling: Task<PlainText, LogLikelihood> = {
  name: 'language-modeling',
  modelTasks: ['causal-language-modeling'],
  columns: [{ name: 'text', aliases: ['content', 'document', 'sentence'] }],
  readRow: (row, columns) => ({ text: new TaskValues(row, columns).text('text'), place: row.place }),
  labelsOf: () => [],
  on: (context) => ({
    plan: (rows, options) => planOf(context, rows, options),
    predictor: (_, options) => textScorer(context, options),
    metrics: textMetrics,
  }),
};

function planOf(
  { tokenizer, maxLength }: TaskContext,
  rows: readonly PlainText[],
  { batchSize, key, validation = [] }: PlanOptions<PlainText>,
): TaskPlan {
  const ids = joinedIds(tokenizer, rows);
  const validationIds = joinedIds(tokenizer, validation);
  // A block of T + 1 tokens has T targets, and neighbours share one token.
  const blockLength = Math.min(maxLength + 1, Math.max(2, ids.length));
  const blocks = { blockLength, overlap: 1 };
  const source = tokenBlocks(ids, { ...blocks, key });
  return {
    numExamples: Math.floor((ids.length - blockLength) / (blockLength - 1)) + 1,
    train: ({ validation: watch, ...options }) =>
      trainPhases<CausalLanguageModel, ArrayLike<number>, CausalLanguageModelingField>({
        ...options,
        model: options.model as CausalLanguageModel,
        objective: causalLanguageModeling(),
        data: source,
        batchSize,
        ...(watch &&
          validationIds.length > 1 && {
            validation: {
              ...watch,
              examples: { [Symbol.iterator]: () => sequentialBlocks(validationIds, blocks) },
            },
          }),
      }),
  };
}

/** All texts, the end of text after each where the tokenizer knows it. */
function joinedIds(tokenizer: Tokenizer, rows: readonly PlainText[]): Int32Array {
  const end = tokenizer.tokenToId(END_OF_TEXT);
  const texts = rows.map(({ text }) => tokenizer.encodeToIds(text, { addSpecialTokens: false }));
  const ids = new Int32Array(texts.reduce((sum, { length }) => sum + length + Number(end !== undefined), 0));
  let length = 0;
  for (const text of texts) {
    ids.set(text, length);
    length += text.length;
    if (end !== undefined) ids[length++] = end;
  }
  return ids;
}

function textScorer(
  { tokenizer, padTokenId }: TaskContext,
  { engine }: PredictorOptions,
): Predictor<PlainText, LogLikelihood> {
  return {
    predict: async (model, rows) => {
      const prefixTokenId = tokenizer.tokenToId(END_OF_TEXT) ?? padTokenId;
      const scorer = await CausalScorer.create(model as CausalLanguageModel, { tokenizer, prefixTokenId, engine });
      try {
        return await scorer.scoreTexts(rows.map(({ text }) => text));
      } finally {
        scorer.dispose();
      }
    },
    dispose: () => undefined,
  };
}

function textMetrics(
  rows: readonly PlainText[],
  predictions: readonly LogLikelihood[],
  key: RandomKey | undefined,
): Metrics {
  const texts = predictions.map((score, index): ScoredText => ({ ...score, text: rows[index]?.text ?? '' }));
  const of = (metric: keyof Perplexities): Metrics[string] =>
    statisticOf(texts, (some) => perplexities(some)[metric], key);
  return {
    tokenPerplexity: of('tokenPerplexity'),
    wordPerplexity: of('wordPerplexity'),
    bytePerplexity: of('bytePerplexity'),
    bitsPerByte: of('bitsPerByte'),
  };
}
