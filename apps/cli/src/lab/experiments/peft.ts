import { fineTunedAccuracy, type FineTunedAccuracyOptions } from '../fine-tuned-accuracy.ts';
import type { Condition, Experiment } from '../experiment.ts';
import { messageReader } from '../message-reader.ts';
import { pretrainBert } from '../pretrain-bert.ts';

type Way = Required<Pick<FineTunedAccuracyOptions, 'method' | 'learningRate'>>;

const FULL: Way = { method: 'full', learningRate: 1e-3 };
/** The best of two to four rates for a seed that is not one of the experiment's: one learning rate for all would be unfair to most. */
const WAYS: Readonly<Record<string, Way>> = {
  'head only': { method: 'head', learningRate: 3e-3 },
  IA3: { method: 'ia3', learningRate: 3e-2 },
  BitFit: { method: 'bitfit', learningRate: 2e-2 },
  'prompt tuning': { method: 'prompt', learningRate: 1e-2 },
  adapters: { method: 'adapter', learningRate: 5e-3 },
  LoRA: { method: 'lora', learningRate: 1e-2 },
  'prefix tuning': { method: 'prefix', learningRate: 1e-2 },
  'P-tuning': { method: 'p-tuning', learningRate: 1e-2 },
  'full fine-tuning': FULL,
};

/** Chapter 10. */
export const peft: Experiment = {
  name: 'peft',
  title: 'Parameter-efficient fine-tuning',
  question: 'How few parameters have to be trained to adapt a pre-trained network to a task?',
  method:
    "A BERT of 2 layers x 128 reads the documentation comments of TypeScript's libraries and the compiler's messages by masked language modeling (40 % masked). " +
    'Then it learns what a message is about (syntax, types, options or quick fixes) from 200 labelled messages in 40 epochs, once with each method, and is tested ' +
    'on about 1,500 others. Every method also trains the pooler and the classifier, which are new: 17,028 parameters. LoRA has rank 8 on queries and values, ' +
    'adapters stand behind the feed-forward networks, prompts and prefixes have 20 positions. Each method has the best of two to four learning rates, by ' +
    'another seed. The control is the same network without pre-training, of which everything is trained.',
  seeds: [1, 2, 3],
  measures: {
    accuracy: { label: 'accuracy, %', digits: 1 },
    trained: { label: 'trained parameters', digits: 0 },
    share: { label: 'trained, % of all', digits: 1 },
    body: { label: 'trained parameters besides the head', digits: 0 },
  },
  plots: [{ measure: 'accuracy', over: { measure: 'body', isLogarithmic: true } }, { measure: 'accuracy' }],
  claims: [
    {
      text: 'LoRA loses at most 2 points against full fine-tuning',
      unit: 'points of accuracy',
      margin: (of) => 2 + of('LoRA', 'accuracy') - of('full fine-tuning', 'accuracy'),
    },
    {
      text: 'BitFit loses at most 2 points against full fine-tuning',
      unit: 'points of accuracy',
      margin: (of) => 2 + of('BitFit', 'accuracy') - of('full fine-tuning', 'accuracy'),
    },
    {
      text: 'adapters lose at most 2 points against full fine-tuning',
      unit: 'points of accuracy',
      margin: (of) => 2 + of('adapters', 'accuracy') - of('full fine-tuning', 'accuracy'),
    },
    {
      text: 'prompt tuning lags behind full fine-tuning in a small model',
      unit: 'points of accuracy',
      margin: (of) => of('full fine-tuning', 'accuracy') - of('prompt tuning', 'accuracy'),
    },
    {
      text: 'prefixes in every layer are better than a prompt before the first',
      unit: 'points of accuracy',
      margin: (of) => of('prefix tuning', 'accuracy') - of('prompt tuning', 'accuracy'),
    },
    {
      text: 'LoRA in a pre-trained network is better than training all of one that was not pre-trained',
      unit: 'points of accuracy',
      margin: (of) => of('LoRA', 'accuracy') - of('full, not pre-trained', 'accuracy'),
    },
    {
      text: 'training something inside the network is better than training the head alone (LoRA)',
      unit: 'points of accuracy',
      margin: (of) => of('LoRA', 'accuracy') - of('head only', 'accuracy'),
    },
  ],
  run: async ({ isQuick, key, engine, progress }) => {
    const { createModel, texts, pretraining, train, test, numEpochs } = await messageReader({ isQuick, key });
    // What trains little needs more steps than what trains everything.
    const task = { train, test, numEpochs: 2 * numEpochs, key: key.fold('fine-tuning'), engine };
    const start = createModel();
    progress(0, 'the network that was not pre-trained');
    const random = await fineTunedAccuracy(start, { ...task, ...FULL });
    const pretrained = await pretrainBert(start, texts, {
      ...{ ...pretraining, key: key.fold('pre-training'), engine },
      progress: (fraction) => {
        progress(0.05 + 0.45 * fraction, 'pre-training');
      },
    });
    const conditions: Condition[] = [];
    let numHead = 0;
    for (const [name, way] of Object.entries(WAYS)) {
      progress(0.5 + (0.5 * conditions.length) / Object.keys(WAYS).length, name);
      const { accuracy, numTrained, trainedShare } = await fineTunedAccuracy(pretrained, { ...task, ...way });
      if (way.method === 'head') numHead = numTrained;
      // The head alone has no place on a logarithmic axis.
      const besides = numTrained === numHead ? {} : { body: numTrained - numHead };
      conditions.push({ name, values: { accuracy, trained: numTrained, share: trainedShare, ...besides } });
    }
    pretrained.dispose();
    conditions.push({ name: 'full, not pre-trained', values: { accuracy: random.accuracy } });
    return conditions;
  },
};
