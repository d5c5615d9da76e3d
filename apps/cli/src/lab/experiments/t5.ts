import { disposeModule, RandomKey } from '@cloze/core';
import { listSource, type ExampleSource } from '@cloze/datasets';
import {
  independentSpans,
  maskedTokens,
  prefixes,
  randomSpans,
  shuffledTokens,
  textCorruption,
  type Corruption,
} from '@cloze/objectives';
import type { Condition, Experiment } from '../experiment.ts';
import { MESSAGE_MEASURES, messageWriter } from '../message-writer.ts';
import { T5_TOKENS, T5_WRITER } from '../small-encoder-decoders.ts';

const NONE = 'no pre-training';
const SPANS = 'spans of 3';

const CORRUPTIONS: Readonly<Record<string, Corruption>> = {
  [SPANS]: randomSpans(T5_TOKENS),
  'spans of 3, half of the text': randomSpans({ ...T5_TOKENS, noiseDensity: 0.5 }),
  'single tokens': independentSpans(T5_TOKENS),
  'masked tokens, whole text': maskedTokens(T5_TOKENS),
  'prefix language modeling': prefixes(),
  deshuffling: shuffledTokens(),
};

/** How many messages are learned from, with the learning rate that is best without pre-training, and what is measured on the others. */
const TASKS = {
  kind: { numTraining: 200, learningRate: 2e-3, measure: 'exactMatch' },
  restoration: { numTraining: 800, learningRate: 5e-3, measure: 'loss' },
} as const;

/** Chapter 8. */
export const t5: Experiment = {
  name: 't5',
  title: 'What to restore',
  question: 'Of all ways to make a task of a text, is it best to cut out spans and write only them?',
  method:
    "T5s of 2 + 2 layers x 64 learn to restore the documentation comments of TypeScript's libraries, in pieces of 46 tokens, for 2,400 steps of 8 pieces. What is " +
    'restored differs: spans of 3 tokens on average, 15 % or half of the text; single tokens, 15 %; the whole text, where 15 % is masked or all is ' +
    'shuffled; or what follows the beginning. Then each learns two tasks with messages of the compiler, as text to text: to write the kind of a message, ' +
    'from 200 labels, and the message for what is left of it in lower case without its small words, from 800, with 350 steps each. Both are measured on 640 messages that no training saw.',
  seeds: [1, 2, 3],
  measures: {
    written: { label: 'tokens written for a piece', digits: 1 },
    kind: MESSAGE_MEASURES.kind,
    restoration: MESSAGE_MEASURES.restoration,
  },
  plots: [{ measure: 'kind' }, { measure: 'restoration' }, { measure: 'restoration', over: { measure: 'written' } }],
  claims: [
    {
      text: 'restoring spans helps to classify',
      unit: 'points of accuracy',
      margin: (of) => of(SPANS, 'kind') - of(NONE, 'kind'),
    },
    {
      text: 'restoring spans helps to write',
      unit: 'nats per token',
      margin: (of) => of(NONE, 'restoration') - of(SPANS, 'restoration'),
    },
    {
      text: 'restoring spans is better than prefix language modeling for classifying',
      unit: 'points of accuracy',
      margin: (of) => of(SPANS, 'kind') - of('prefix language modeling', 'kind'),
    },
    {
      text: 'restoring spans is better than deshuffling for classifying',
      unit: 'points of accuracy',
      margin: (of) => of(SPANS, 'kind') - of('deshuffling', 'kind'),
    },
    {
      text: 'it is enough to write what is missing: spans are no worse than the whole text by 2 points or more',
      unit: 'points of accuracy',
      margin: (of) => of(SPANS, 'kind') - of('masked tokens, whole text', 'kind') + 2,
    },
    {
      text: 'spans are better than single tokens',
      unit: 'points of accuracy',
      margin: (of) => of(SPANS, 'kind') - of('single tokens', 'kind'),
    },
    {
      text: '15 % are better than half of the text',
      unit: 'points of accuracy',
      margin: (of) => of(SPANS, 'kind') - of('spans of 3, half of the text', 'kind'),
    },
  ],
  run: async ({ isQuick, key, engine, progress }) => {
    const writer = await messageWriter(T5_WRITER, { isQuick, key, engine });
    const { start, trainer, lengths } = writer;
    const windows = await writer.comments();
    const conditions: Condition[] = [];
    const corruptions = Object.entries<Corruption | undefined>({ [NONE]: undefined, ...CORRUPTIONS });
    for (const [name, corrupt] of corruptions) {
      const tell = (fraction: number): void => {
        progress((conditions.length + fraction) / corruptions.length, name);
      };
      const pretraining = corrupt && textCorruption({ ...T5_TOKENS, ...lengths, corrupt });
      const pretrained =
        pretraining &&
        (await trainer.train(start, {
          objective: pretraining,
          data: windows,
          ...{ numSteps: isQuick ? 2 : 2400, learningRate: 3e-3, key: key.fold('pre-training') },
          progress: (fraction) => {
            tell(0.7 * fraction);
          },
        }));
      const values: Record<string, number> = pretraining ? { written: await numWritten(pretraining, windows) } : {};
      for (const task of ['kind', 'restoration'] as const) {
        const { numTraining, learningRate, measure } = TASKS[task];
        const tuned = await trainer.train(pretrained ?? start, {
          objective: trainer.objective,
          data: listSource(writer.lessons(task, numTraining), { key: key.fold('order') }),
          ...{ numSteps: isQuick ? 1 : 350, learningRate, key: key.fold(task) },
        });
        values[task] = await trainer[measure](tuned, writer.exam(task));
        disposeModule(tuned);
        tell(task === 'kind' ? 0.85 : 1);
      }
      if (pretrained) disposeModule(pretrained);
      conditions.push({ name, values });
    }
    writer.dispose();
    return conditions;
  },
};

/** Tokens of the target, of an example. */
async function numWritten(
  { prepare }: ReturnType<typeof textCorruption>,
  windows: ExampleSource<ArrayLike<number>>,
): Promise<number> {
  const { examples } = await windows.read(windows.start, 256);
  const { labels } = prepare(examples, RandomKey.fromSeed(0));
  return labels.data.filter((label) => label >= 0).length / examples.length;
}
