import type { Condition, Experiment } from '../experiment.ts';
import { fineTunedAccuracy, type FineTunedAccuracyOptions } from '../fine-tuned-accuracy.ts';
import { messageReader } from '../message-reader.ts';
import { pretrainBert } from '../pretrain-bert.ts';

type Way = Pick<FineTunedAccuracyOptions, 'schedule' | 'learningRate'>;

/** The same rate from a random and from a warm start, so that nothing else differs. */
const FULL: Way = { learningRate: 1e-3 };
const WAYS: Readonly<Record<string, Way>> = {
  'warm start': FULL,
  'warm start, rate too high': { learningRate: 1e-2 },
  frozen: { schedule: 'frozen', learningRate: 1e-2 },
  'gradual unfreezing': { schedule: 'gradual-unfreezing', learningRate: 2e-3 },
};

/** Chapter 5. */
export const warmStart: Experiment = {
  name: 'warm-start',
  title: 'Warm start',
  question: 'What does a pre-trained network bring to a task, and how can it be lost again?',
  method:
    "A BERT of 2 layers x 128 reads the documentation comments of TypeScript's libraries and the compiler's messages by masked language modeling. Then it learns " +
    'what a message is about (syntax, types, options or quick fixes) from 200 labelled messages in 20 epochs, and is tested on the others. The same network ' +
    'without pre-training learns the same task at the same rate, 0.001; the rate that is too high is ten times that.',
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
    const { createModel, texts, train, test, numEpochs, pretraining } = await messageReader({ isQuick, key });
    const task = { train, test, numEpochs, key: key.fold('fine-tuning'), engine };
    const start = createModel();
    const random = await fineTunedAccuracy(start, { ...task, ...FULL });
    const conditions: Condition[] = [{ name: 'random start', values: { accuracy: random.accuracy } }];
    const pretrained = await pretrainBert(start, texts, {
      ...{ ...pretraining, key: key.fold('pre-training'), engine },
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
