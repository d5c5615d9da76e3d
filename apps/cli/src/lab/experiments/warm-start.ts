import { defaultCorpus } from '../../corpus/default-corpus.ts';
import type { Condition, Experiment } from '../experiment.ts';
import { fineTunedAccuracy, type FineTunedAccuracyOptions } from '../fine-tuned-accuracy.ts';
import { messagesByKind } from '../messages-by-kind.ts';
import { pretrainBert } from '../pretrain-bert.ts';
import { newBert, SMALL, TINY, wordPieces } from '../small-models.ts';

type Way = Pick<FineTunedAccuracyOptions, 'schedule' | 'learningRate'>;

const WAYS: Readonly<Record<string, Way>> = {
  'warm start': { learningRate: 5e-4 },
  'warm start, rate too high': { learningRate: 1e-2 },
  frozen: { schedule: 'frozen', learningRate: 5e-3 },
  'gradual unfreezing': { schedule: 'gradual-unfreezing', learningRate: 1e-3 },
};

/** Chapter 5. */
export const warmStart: Experiment = {
  name: 'warm-start',
  title: 'Warm start',
  question: 'What does a pre-trained network bring to a task, and how can it be lost again?',
  method:
    "A BERT of 2 layers x 128 reads the documentation comments of TypeScript's libraries by masked language modeling. Then it learns what a message of the " +
    'compiler is about (syntax, types, options or quick fixes) from 200 labelled messages, and is tested on the others. The same network without ' +
    'pre-training learns the same task.',
  seeds: [1, 2, 3],
  measures: { accuracy: { label: 'accuracy, %', digits: 1 } },
  plots: [{ measure: 'accuracy' }],
  claims: [
    {
      text: 'a warm start is better than a random one',
      unit: 'points of accuracy',
      margin: (of) => of('warm start', 'accuracy') - of('random start', 'accuracy'),
    },
    {
      text: 'a learning rate that is too high loses what was learned',
      unit: 'points of accuracy',
      margin: (of) => of('warm start', 'accuracy') - of('warm start, rate too high', 'accuracy'),
    },
    {
      text: 'fine-tuning is better than frozen features',
      unit: 'points of accuracy',
      margin: (of) => of('warm start', 'accuracy') - of('frozen', 'accuracy'),
    },
    {
      text: 'gradual unfreezing is better than training everything at once',
      unit: 'points of accuracy',
      margin: (of) => of('gradual unfreezing', 'accuracy') - of('warm start', 'accuracy'),
    },
  ],
  run: async ({ isQuick, key, engine, progress }) => {
    const { train, test } = await messagesByKind({ numTraining: isQuick ? 16 : 200, key: key.fold('data') });
    const comments = (await defaultCorpus()).text.split('\n\n').slice(0, isQuick ? 200 : undefined);
    const texts = [...comments, ...train.map(({ text }) => text)];
    const tokenizer = wordPieces(texts, isQuick ? 300 : 2048);
    const start = newBert(tokenizer, isQuick ? TINY : SMALL, key.fold('model'));
    const task = {
      train,
      test: isQuick ? test.slice(0, 32) : test,
      ...{ numEpochs: isQuick ? 1 : 20, key: key.fold('fine-tuning'), engine },
    };
    const random = await fineTunedAccuracy(start, { ...task, learningRate: 5e-4 });
    const conditions: Condition[] = [{ name: 'random start', values: { accuracy: random.accuracy } }];
    const pretrained = await pretrainBert(start, texts, {
      ...{ numSteps: isQuick ? 4 : 3000, batchSize: isQuick ? 4 : 16, key: key.fold('pre-training'), engine },
      progress: (fraction) => {
        progress(0.1 + 0.6 * fraction, 'pre-training');
      },
    });
    for (const [name, way] of Object.entries(WAYS)) {
      progress(0.65 + 0.07 * conditions.length, name);
      const { accuracy } = await fineTunedAccuracy(pretrained, { ...task, ...way });
      conditions.push({ name, values: { accuracy } });
    }
    pretrained.dispose();
    return conditions;
  },
};
