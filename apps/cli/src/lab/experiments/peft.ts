import { fineTunedAccuracy, type FineTunedAccuracyOptions } from '../fine-tuned-accuracy.ts';
import type { Condition, Experiment } from '../experiment.ts';
import { messageReader } from '../message-reader.ts';
import { pretrainBert } from '../pretrain-bert.ts';

type Way = Required<Pick<FineTunedAccuracyOptions, 'method' | 'learningRate'>>;

/** The rates are round numbers that suit models of this size; one learning rate for all would be unfair to most. */
const WAYS: Readonly<Record<string, Way>> = {
  'head only': { method: 'head', learningRate: 1e-2 },
  IA3: { method: 'ia3', learningRate: 1e-2 },
  BitFit: { method: 'bitfit', learningRate: 5e-3 },
  'prompt tuning': { method: 'prompt', learningRate: 1e-2 },
  adapters: { method: 'adapter', learningRate: 5e-3 },
  LoRA: { method: 'lora', learningRate: 5e-3 },
  'prefix tuning': { method: 'prefix', learningRate: 1e-2 },
  'P-tuning': { method: 'p-tuning', learningRate: 3e-3 },
  'full fine-tuning': { method: 'full', learningRate: 5e-4 },
};

/** Chapter 10. */
export const peft: Experiment = {
  name: 'peft',
  title: 'Parameter-efficient fine-tuning',
  question: 'How few parameters have to be trained to adapt a pre-trained network to a task?',
  method:
    "A BERT of 2 layers x 128 reads the documentation comments of TypeScript's libraries and the compiler's messages by masked language modeling. Then it learns " +
    'what a message is about (syntax, types, options or quick fixes) from 400 labelled messages in 12 epochs, once with each method, and is tested on about 1,300 ' +
    'others. Every method also trains the pooler and the classifier, which are new: 17,028 parameters. LoRA has rank 8 on queries and values, adapters stand behind ' +
    'the feed-forward networks, prompts and prefixes have 20 positions. Each method has a learning rate that suits models of this size.',
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
      text: 'training something inside the network is better than training the head alone (LoRA)',
      unit: 'points of accuracy',
      margin: (of) => of('LoRA', 'accuracy') - of('head only', 'accuracy'),
    },
  ],
  run: async ({ isQuick, key, engine, progress }) => {
    const { createModel, texts, train, test, numEpochs } = await messageReader({ isQuick, key });
    const pretrained = await pretrainBert(createModel(), texts, {
      ...{ numSteps: isQuick ? 4 : 3000, batchSize: isQuick ? 4 : 16, key: key.fold('pre-training'), engine },
      progress: (fraction) => {
        progress(0.5 * fraction, 'pre-training');
      },
    });
    const task = { train, test, numEpochs, key: key.fold('fine-tuning'), engine };
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
    return conditions;
  },
};
