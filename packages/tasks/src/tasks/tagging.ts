import type { RandomKey, TokenClassifier } from '@cloze/core';
import { entityF1, statisticOf, type PrecisionRecallF1 } from '@cloze/evaluation';
import {
  IGNORED_LABEL,
  tokenClassification,
  type LabelledTokens,
  type TokenClassificationField,
} from '@cloze/objectives';
import type { Encoding } from '@cloze/tokenizer';
import { withCharacters } from '../character-inputs.ts';
import { classMetrics } from '../class-metrics.ts';
import { argMax } from '../class-probabilities.ts';
import { TextReader, type EncodedText } from '../encoded-text.ts';
import { labelId, labelSet } from '../labels.ts';
import type { ExampleOutputs } from '../batch-predictor.ts';
import { supervisedTask } from '../supervised-task.ts';
import { TaskValues, type TaskRow } from '../task-values.ts';
import type { Metrics, ModelTask, Task, TaskContext } from '../task.ts';

/** Words and their tags. */
export interface TaggedWords extends TaskRow {
  readonly words: readonly string[];
  /** One for each word. Absent where they are to be predicted. */
  readonly tags?: readonly string[] | undefined;
}

interface AlignedTokens extends LabelledTokens, EncodedText {
  /** For each word, the first of its tokens; -1 where the sequence was cut before it. */
  readonly firstTokens: readonly number[];
}

/**
 * One tag for each word: parts of speech, named entities. The first token of a word stands for it. Words that the length of the model cuts off are tagged
 * `O`, or with the first label where there is no such tag.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", section 5.3.
 */
export const tagging: Task<TaggedWords, readonly string[]> = {
  name: 'tagging',
  modelTasks: ['token-classification'],
  columns: [
    { name: 'words', aliases: ['tokens', 'text', 'sentence'] },
    { name: 'tags', aliases: ['ner_tags', 'pos_tags', 'labels'], isTarget: true },
  ],
  readRow: (row, columns) => {
    const values = new TaskValues(row, columns);
    const words = values.list('words');
    if (columns.tags === undefined) return { words, place: row.place };
    const tags = values.list('tags');
    if (tags.length === words.length) return { words, tags, place: row.place, labelColumn: columns.tags };
    throw values.error('tags', `one tag for each of the ${words.length} words`, `There are ${tags.length} tags.`);
  },
  labelsOf: (rows) => labelSet(rows.flatMap(({ tags }) => tags ?? [])),
  on: taggingOn,
};

function taggingOn(context: TaskContext): ModelTask<TaggedWords, readonly string[]> {
  const { labels, padTokenId, maxLength, readsCharacters } = context;
  const reader = new TextReader(context);
  return supervisedTask<TaggedWords, AlignedTokens, TokenClassifier, TokenClassificationField, readonly string[]>({
    isLabelled: ({ tags }) => tags !== undefined,
    examplesOf: (row, { isLabelled }) => [alignedTokens(reader, row, isLabelled ? labels : [])],
    maxLength,
    lengthOf: ({ inputIds }) => inputIds.length,
    objective: (sequenceLength) => {
      const objective = tokenClassification({ numLabels: labels.length, padTokenId, sequenceLength });
      return readsCharacters ? withCharacters(objective) : objective;
    },
    outputs: (model, { inputIds, attentionMask, tokenTypeIds }) => ({
      logits: model.forward({ inputIds, attentionMask, tokenTypeIds }).logits,
    }),
    prediction: (_, [outputs], [example]) => tagsOf(outputs, example, labels),
    metrics: (rows, predictions, key) =>
      tagMetrics(
        predictions.map((predicted, index) => ({ predicted, actual: rows[index]?.tags ?? [] })),
        labels,
        key,
      ),
  });
}

/** The words joined by spaces, and each token's tag: that of the word that it begins. */
function alignedTokens(reader: TextReader, row: TaggedWords, labels: readonly string[]): AlignedTokens {
  const { words, place } = row;
  const encoding = reader.encode(words.join(' '), undefined, place);
  const firstTokens = firstTokensOf(words, encoding);
  const ids = new Int32Array(encoding.length).fill(IGNORED_LABEL);
  firstTokens.forEach((token, word) => {
    if (token >= 0 && labels.length > 0) ids[token] = labelId(labels, row.tags?.[word] ?? '', row);
  });
  return { ...reader.toExample(encoding), labels: ids, firstTokens };
}

/** A token belongs to the word that it shares a letter with: byte-level tokens begin with the space before their word. */
function firstTokensOf(words: readonly string[], { starts, ends, sequenceIds }: Encoding): number[] {
  let begin = 0;
  let token = 0;
  return words.map((word) => {
    const end = begin + word.length;
    while (token < ends.length && ((sequenceIds[token] ?? -1) < 0 || (ends[token] ?? 0) <= begin)) token++;
    begin = end + 1;
    return token < ends.length && (starts[token] ?? end) < end ? token : -1;
  });
}

function tagsOf(
  outputs: ExampleOutputs | undefined,
  example: AlignedTokens | undefined,
  labels: readonly string[],
): string[] {
  const logits = outputs?.logits ?? new Float32Array(0);
  const outside = labels.includes('O') ? 'O' : (labels[0] ?? '');
  return (example?.firstTokens ?? []).map((token) => {
    if (token < 0) return outside;
    return labels[argMax(logits.subarray(token * labels.length, (token + 1) * labels.length))] ?? outside;
  });
}

interface TagPair {
  readonly predicted: readonly string[];
  readonly actual: readonly string[];
}

/** Whole entities where the tags are those of entities, and single tags. */
function tagMetrics(pairs: readonly TagPair[], labels: readonly string[], key: RandomKey | undefined): Metrics {
  const single = classMetrics(
    pairs.flatMap(({ predicted, actual }) =>
      actual.map((tag, word) => ({ actual: tag, predicted: predicted[word] ?? '' })),
    ),
    key,
  );
  const areEntities = labels.every((label) => /^(O|[BI]-.+)$/.test(label));
  if (!areEntities) return single;
  const entities =
    (field: keyof PrecisionRecallF1) =>
    (some: readonly TagPair[]): number =>
      entityF1(
        some.map(({ predicted }) => predicted),
        some.map(({ actual }) => actual),
      )[field];
  return {
    entityF1: statisticOf(pairs, entities('f1'), key),
    entityPrecision: statisticOf(pairs, entities('precision'), key),
    entityRecall: statisticOf(pairs, entities('recall'), key),
    ...single,
  };
}
