import type { EncoderDecoderModel, RandomKey } from '@cloze/core';
import type { ExampleSource } from '@cloze/datasets';
import type { TextPair } from '@cloze/objectives';
import type { Tokenizer } from '@cloze/tokenizer';
import { defaultCorpus } from '../corpus/default-corpus.ts';
import type { Measure, Setting } from './experiment.ts';
import { messageTasks, type MessageTasks } from './message-tasks.ts';
import { TINY, type LabModel, type ModelSize } from './small-models.ts';
import { textPairs, type TextPairOptions } from './text-pairs.ts';
import { TextToTextTrainer } from './text-to-text-trainer.ts';
import { windowsOf } from './train-model.ts';

/** Of a source or a target, in tokens. */
const SEQUENCE_LENGTH = 48;
/** Messages that are measured, of those that no training saw. */
const NUM_TESTED = 640;

/** What is measured of each task. */
export const MESSAGE_MEASURES: Readonly<Record<keyof MessageTasks, Measure>> = {
  kind: { label: 'kind: accuracy, %', digits: 1 },
  continuation: { label: 'second half: loss, nats per token', digits: 3 },
  restoration: { label: 'small words: loss, nats per token', digits: 3 },
};

/** The family of a {@link MessageWriter}. */
export interface WriterFamily {
  readonly tokens: Pick<TextPairOptions, 'bosTokenId' | 'eosTokenId'>;
  readonly trainTokenizer: (texts: readonly string[], vocabSize: number) => Tokenizer;
  readonly create: (tokenizer: Tokenizer, size: ModelSize, key: RandomKey) => LabModel<EncoderDecoderModel>;
}

/** An encoder-decoder of 2 + 2 layers x 64, what it may read, and what it can learn to write. A quick one is tiny. */
export interface MessageWriter {
  /** Trained on nothing. */
  readonly start: EncoderDecoderModel;
  readonly tokenizer: Tokenizer;
  readonly trainer: TextToTextTrainer;
  readonly lengths: { readonly sourceLength: number; readonly targetLength: number };
  /** The documentation comments of TypeScript's libraries in pieces of so many tokens. Default: as many as fit with two more. */
  comments(length?: number): Promise<ExampleSource<ArrayLike<number>>>;
  /** So many messages to learn from. `prefix` stands before each source; default: nothing. */
  lessons(task: keyof MessageTasks, count: number, prefix?: string): TextPair[];
  /** The messages that are measured. */
  exam(task: keyof MessageTasks, prefix?: string): TextPair[];
  /** Frees the model and what was compiled. */
  dispose(): void;
}

/** Makes one. The same key makes the same. */
export async function messageWriter(
  { tokens, trainTokenizer, create }: WriterFamily,
  { isQuick, key, engine }: Pick<Setting, 'isQuick' | 'key' | 'engine'>,
): Promise<MessageWriter> {
  const comments = (await defaultCorpus()).text.split('\n\n').slice(0, isQuick ? 200 : undefined);
  const messages = await messageTasks({ numTraining: 920, key: key.fold('messages') });
  const tokenizer = trainTokenizer(
    [...comments, ...messages.train.map(({ kind }) => kind.source)],
    isQuick ? 320 : 1024,
  );
  const size = isQuick ? TINY : { hiddenSize: 64, numLayers: 2, maxPositions: SEQUENCE_LENGTH };
  const start = create(tokenizer, size, key.fold('model'));
  const batchSize = isQuick ? 4 : 8;
  const lengths = { sourceLength: SEQUENCE_LENGTH, targetLength: SEQUENCE_LENGTH };
  const trainer = new TextToTextTrainer({ model: start.model, ...lengths, batchSize, engine });
  const pairsOf = (rows: readonly MessageTasks[], task: keyof MessageTasks, prefix: string): TextPair[] =>
    textPairs(
      rows.map(({ [task]: { source, target } }) => ({ source: `${prefix}${source}`, target })),
      { ...tokens, tokenizer, maxLength: SEQUENCE_LENGTH },
    );
  const few = (count: number): number => (isQuick ? batchSize : count);
  return {
    ...{ start: start.model, tokenizer, trainer, lengths },
    comments: (length = SEQUENCE_LENGTH - 2) =>
      windowsOf(comments, tokenizer, { length, separatorId: undefined, key: key.fold('windows') }),
    lessons: (task, count, prefix = '') => pairsOf(messages.train, task, prefix).slice(0, few(count)),
    exam: (task, prefix = '') => pairsOf(messages.test, task, prefix).slice(0, few(NUM_TESTED)),
    dispose: () => {
      trainer.dispose();
      start.dispose();
    },
  };
}
