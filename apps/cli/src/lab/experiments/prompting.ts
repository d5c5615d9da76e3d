import { CausalScorer } from '@cloze/evaluation';
import { causalLanguageModeling } from '@cloze/objectives';
import { continuationWordScorer } from '@cloze/prompting';
import { defaultCorpus } from '../../corpus/default-corpus.ts';
import { readDocuments } from '../document-reader.ts';
import type { Condition, Experiment, Setting } from '../experiment.ts';
import { fineTunedAccuracy } from '../fine-tuned-accuracy.ts';
import { messagesByKind } from '../messages-by-kind.ts';
import { bytePairs, END_OF_TEXT, newGpt, SMALL, TINY } from '../small-models.ts';
import { trainModel, windowsOf } from '../train-model.ts';
import { animalAccuracy, animalList, type AnimalPromptOptions } from './prompting-animals.ts';

const LIST_READERS: readonly ListReader[] = [
  {
    isAlwaysSame: false,
    prompts: {
      'no example': { numShots: 0 },
      'question alone': { numShots: 0, isDescribed: true },
      '1 example': { numShots: 1 },
      '2 examples': { numShots: 2 },
      '4 examples': { numShots: 4 },
      '6 examples': { numShots: 6 },
      '6 examples, random answers': { numShots: 6, isRandom: true },
    },
  },
  { isAlwaysSame: true, prompts: { '6 examples, one question read': { numShots: 6 } } },
];

/** A model for lists by what it reads, and how it is asked. */
interface ListReader {
  readonly isAlwaysSame: boolean;
  readonly prompts: Readonly<Record<string, AnimalPromptOptions>>;
}

/** Chapter 6. */
export const prompting: Experiment = {
  name: 'prompting',
  title: 'Prompts',
  question: 'What can a GPT be told, or shown, in its prompt, and what does its last token know of a text?',
  method:
    'A GPT of 2 layers x 64 reads lists of animals that answer one of four questions ("bear: wild"), except for every fourth line, which answers another; every second list begins ' +
    'with its question. Then it is asked about an animal after such lines about 0 to 6 others; beside it one that has read answers to a single question only. ' +
    "A GPT of 2 layers x 128 reads the documentation comments of TypeScript's libraries and learns from 200 messages of the compiler what they are about, by their last token; beside it one that has read nothing.",
  seeds: [1, 2, 3],
  measures: {
    animals: { label: 'animals, accuracy, %', digits: 1 },
    kinds: { label: 'kinds of messages, accuracy, %', digits: 1 },
  },
  plots: [{ measure: 'animals' }, { measure: 'kinds' }],
  claims: [
    {
      text: 'the question in the prompt is better than nothing',
      unit: 'points of accuracy',
      margin: (of) => of('question alone', 'animals') - of('no example', 'animals'),
    },
    {
      text: 'an example in the prompt is better than none',
      unit: 'points of accuracy',
      margin: (of) => of('1 example', 'animals') - of('no example', 'animals'),
    },
    {
      text: 'more examples are better than one',
      unit: 'points of accuracy',
      margin: (of) => of('6 examples', 'animals') - of('1 example', 'animals'),
    },
    {
      // Min et al. 2022.
      text: 'whether the answers of examples are right matters little: with random ones, more than half of what examples bring is left',
      unit: 'points of accuracy',
      margin: (of) =>
        of('6 examples, random answers', 'animals') - (of('6 examples', 'animals') + of('no example', 'animals')) / 2,
    },
    {
      // Chan et al. 2022.
      text: 'following examples is learned from texts that differ in what they do',
      unit: 'points of accuracy',
      margin: (of) => of('6 examples', 'animals') - of('6 examples, one question read', 'animals'),
    },
    {
      text: 'a GPT that has read other texts classifies better by its last token than one that begins at random',
      unit: 'points of accuracy',
      margin: (of) => of('last token, pre-trained', 'kinds') - of('last token, random start', 'kinds'),
    },
  ],
  run: async (setting) => [
    ...(await askForAnimals(partOf(setting, 'animals', [0, 0.5]))),
    ...(await classifyMessages(partOf(setting, 'messages', [0.5, 1]))),
  ],
};

function partOf(
  { key, progress, ...setting }: Setting,
  name: string,
  [from, to]: readonly [from: number, to: number],
): Setting {
  return {
    ...setting,
    key: key.fold(name),
    progress: (fraction, doing) => {
      progress(from + (to - from) * fraction, doing);
    },
  };
}

async function askForAnimals({ isQuick, key, engine, progress }: Setting): Promise<Condition[]> {
  const questions = { numQuestions: isQuick ? 8 : 1024, key: key.fold('questions') };
  const conditions: Condition[] = [];
  for (const [index, { isAlwaysSame, prompts }] of LIST_READERS.entries()) {
    const reader = await readDocuments({
      documentOf: (listKey) => animalList(listKey, { isAlwaysSame }),
      ...{ numSteps: 600, isQuick, key: key.fold('model'), engine },
      progress: (fraction) => {
        progress((index + fraction) / LIST_READERS.length, 'reading about animals');
      },
    });
    const { model, tokenizer } = reader;
    const scorer = await CausalScorer.create(model, {
      ...{ tokenizer, prefixTokenId: tokenizer.tokenToId(END_OF_TEXT) ?? 0, engine, tokensPerBatch: 8192 },
    });
    for (const [name, prompt] of Object.entries(prompts)) {
      const animals = await animalAccuracy(continuationWordScorer(scorer), prompt, questions);
      conditions.push({ name, values: { animals } });
    }
    scorer.dispose();
    reader.dispose();
  }
  return conditions;
}

async function classifyMessages({ isQuick, key, engine, progress }: Setting): Promise<Condition[]> {
  const { train, test } = await messagesByKind({ numTraining: isQuick ? 16 : 200, key: key.fold('data') });
  const comments = (await defaultCorpus()).text.split('\n\n').slice(0, isQuick ? 200 : undefined);
  const texts = [...comments, ...train.map(({ text }) => text)];
  const tokenizer = bytePairs(texts, isQuick ? 300 : 2048);
  const start = newGpt(tokenizer, isQuick ? TINY : SMALL, key.fold('model'));
  const task = {
    train,
    test: isQuick ? test.slice(0, 32) : test,
    ...{ learningRate: 5e-4, numEpochs: isQuick ? 1 : 20, key: key.fold('fine-tuning'), engine },
  };
  const random = await fineTunedAccuracy(start, task);
  const data = await windowsOf(texts, tokenizer, {
    ...{ length: 65, separatorId: tokenizer.tokenToId(END_OF_TEXT), key: key.fold('windows') },
  });
  const pretrained = await trainModel(start, {
    ...{ objective: causalLanguageModeling(), data, numSteps: isQuick ? 4 : 2000, batchSize: isQuick ? 4 : 16 },
    ...{ key: key.fold('pre-training'), engine },
    progress: (fraction) => {
      progress(0.1 + 0.8 * fraction, 'reading comments');
    },
  });
  const { accuracy } = await fineTunedAccuracy(pretrained, task);
  pretrained.dispose();
  return [
    { name: 'last token, random start', values: { kinds: random.accuracy } },
    { name: 'last token, pre-trained', values: { kinds: accuracy } },
  ];
}
