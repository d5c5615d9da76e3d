import type { EncoderDecoderModel, RandomKey } from '@cloze/core';
import { listSource } from '@cloze/datasets';
import { chrf, corpusBleu, exactMatch, rouge, statisticOf } from '@cloze/evaluation';
import { Decoder, generateBatch } from '@cloze/generation';
import { textToText as textToTextObjective, type TextPair, type TextToTextField } from '@cloze/objectives';
import { trainPhases } from '@cloze/training';
import { TextReader } from '../encoded-text.ts';
import { TaskValues, type TaskRow } from '../task-values.ts';
import type {
  Metrics,
  ModelTask,
  PlanOptions,
  Predictor,
  PredictorOptions,
  Task,
  TaskContext,
  TaskPlan,
} from '../task.ts';

/** A text, and what is to be written for it. */
export interface SourceAndTarget extends TaskRow {
  readonly source: string;
  /** Absent where it is to be predicted. */
  readonly target?: string | undefined;
}

/** What ends a target, by the tokens that a vocabulary knows. */
const END_TOKENS = ['</s>', '[SEP]', '<|endoftext|>'];
const DEFAULT_BATCH_SIZE = 8;

/** Writing a text for a text: translation, summaries, or any other task put into words. */
export const textToText: Task<SourceAndTarget, string> = {
  name: 'text-to-text',
  modelTasks: ['conditional-generation'],
  columns: [
    { name: 'source', aliases: ['input', 'text', 'document', 'article'] },
    { name: 'target', aliases: ['output', 'summary', 'translation', 'label'], isTarget: true },
  ],
  readRow: (row, columns) => {
    const values = new TaskValues(row, columns);
    return {
      source: values.text('source'),
      ...(columns.target !== undefined && { target: values.label('target') }),
      place: row.place,
    };
  },
  labelsOf: () => [],
  on: textToTextOn,
};

function textToTextOn(context: TaskContext): ModelTask<SourceAndTarget, string> {
  const reader = new TextReader(context);
  return {
    plan: (rows, options) => planOf(reader, rows, options),
    predictor: (_, options) => textWriter(context, reader, options),
    metrics: writtenMetrics,
  };
}

function planOf(
  reader: TextReader,
  rows: readonly SourceAndTarget[],
  { batchSize, key, validation = [] }: PlanOptions<SourceAndTarget>,
): TaskPlan {
  const toPair = ({ source, target = '', place }: SourceAndTarget): TextPair => ({
    sourceIds: reader.encode(source, undefined, place).ids,
    targetIds: reader.encode(target, undefined, place).ids,
  });
  const examples = rows.map(toPair);
  const validationExamples = validation.map(toPair);
  const longest = (field: keyof TextPair): number =>
    [...examples, ...validationExamples].reduce((length, pair) => Math.max(length, pair[field].length), 0);
  return {
    numExamples: examples.length,
    train: ({ validation: watch, ...options }) => {
      const model = options.model as EncoderDecoderModel;
      const { padTokenId, decoderStartTokenId } = model;
      return trainPhases<EncoderDecoderModel, TextPair, TextToTextField>({
        ...options,
        model,
        objective: textToTextObjective({
          padTokenId,
          decoderStartTokenId,
          sourceLength: longest('sourceIds'),
          targetLength: longest('targetIds'),
        }),
        data: listSource(examples, { key }),
        batchSize,
        ...(watch && validationExamples.length > 0 && { validation: { ...watch, examples: validationExamples } }),
      });
    },
  };
}

function textWriter(
  { tokenizer, maxLength }: TaskContext,
  reader: TextReader,
  { engine, batchSize = DEFAULT_BATCH_SIZE }: PredictorOptions,
): Predictor<SourceAndTarget, string> {
  const stopTokens = END_TOKENS.map((token) => tokenizer.tokenToId(token)).filter((id) => id !== undefined);
  return {
    predict: async (model, rows) => {
      const decoder = await Decoder.create(model as EncoderDecoderModel, { engine });
      try {
        const texts: string[] = [];
        for (let begin = 0; begin < rows.length; begin += batchSize) {
          const prompts = rows
            .slice(begin, begin + batchSize)
            .map(({ source, place }) => reader.encode(source, undefined, place).ids);
          // The start token takes a position, too.
          const written = await generateBatch(decoder, prompts, { maxTokens: maxLength - 1, stopTokens });
          texts.push(...written.map(({ ids }) => tokenizer.decode(ids).trim()));
        }
        return texts;
      } finally {
        decoder.dispose();
      }
    },
    dispose: () => undefined,
  };
}

interface Written {
  readonly predicted: string;
  readonly actual: string;
}

function writtenMetrics(
  rows: readonly SourceAndTarget[],
  predictions: readonly string[],
  key: RandomKey | undefined,
): Metrics {
  const texts = predictions.map((predicted, index): Written => ({ predicted, actual: rows[index]?.target ?? '' }));
  const corpus =
    (score: (hypotheses: readonly string[], references: readonly (readonly string[])[]) => number) =>
    (some: readonly Written[]): number =>
      score(
        some.map(({ predicted }) => predicted),
        some.map(({ actual }) => [actual]),
      );
  const mean =
    (score: (text: Written) => number) =>
    (some: readonly Written[]): number =>
      some.reduce((sum, text) => sum + score(text), 0) / some.length;
  return {
    bleu: statisticOf(
      texts,
      corpus((hypotheses, references) => corpusBleu(hypotheses, references).score),
      key,
    ),
    chrf: statisticOf(
      texts,
      corpus((hypotheses, references) => chrf(hypotheses, references)),
      key,
    ),
    rougeL: statisticOf(
      texts,
      mean(({ predicted, actual }) => rouge(predicted, actual).rougeL.f1),
      key,
    ),
    exactMatch: statisticOf(
      texts,
      mean(({ predicted, actual }) => exactMatch(predicted, [actual])),
      key,
    ),
  };
}
