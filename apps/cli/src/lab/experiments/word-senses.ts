import { trainElmoVocabulary } from '@cloze/elmo';
import { defaultCorpus } from '../../corpus/default-corpus.ts';
import type { Condition, Experiment } from '../experiment.ts';
import { probeLayers, type LabelledVectors, type ProbeResult } from '../layer-probes.ts';
import { pseudoWords, toWords } from '../pseudo-words.ts';
import { wordTasks, type LabelledWord } from '../word-tasks.ts';
import { newElmo, pretrainElmo, wordReader } from '../word-vectors.ts';

/** What layers are called, from below. */
const LAYERS = ['static vector', 'first layer', 'second layer'];
const MIX = 'learned mix';

/** Chapter 1. */
export const wordSenses: Experiment = {
  name: 'word-senses',
  title: 'One word, several meanings',
  question: 'Which layer of a network knows what a word means here, and which layers do tasks choose?',
  method:
    "In the documentation comments of TypeScript's libraries, 20 pairs of words of similar frequency are each written as one new word: a word with two meanings, " +
    'of which the text tells which is right. A small ELMo (two layers of 192 -> 64 in each direction) reads the text so. Then linear classifiers are trained on its ' +
    'frozen vectors, those of each layer and a mix whose weights are learned, for three tasks: which of the two words stood here (both equally often), which word ' +
    'follows (one of eight, or another), and which letter a word ends with (other words in the test than in training). No context is in both training and test.',
  seeds: [1, 2, 3],
  measures: {
    meaning: { label: 'meaning, % right', digits: 1 },
    follower: { label: 'next word, % right', digits: 1 },
    ending: { label: 'last letter, % right', digits: 1 },
    meaningWeight: { label: 'weight for meaning, %', digits: 1 },
    followerWeight: { label: 'weight for next word, %', digits: 1 },
    endingWeight: { label: 'weight for last letter, %', digits: 1 },
  },
  plots: [
    { measure: 'meaning' },
    { measure: 'follower' },
    { measure: 'ending' },
    { measure: 'meaningWeight' },
    { measure: 'followerWeight' },
    { measure: 'endingWeight' },
  ],
  claims: [
    {
      text: 'vectors of words in context tell meanings apart that static vectors do not',
      unit: 'points of accuracy',
      margin: (of) => of(MIX, 'meaning') - of('static vector', 'meaning'),
    },
    {
      text: 'the second layer knows more of the meaning than the first',
      unit: 'points of accuracy',
      margin: (of) => of('second layer', 'meaning') - of('first layer', 'meaning'),
    },
    {
      text: 'the first layer knows more of the next word than the second',
      unit: 'points of accuracy',
      margin: (of) => of('first layer', 'follower') - of('second layer', 'follower'),
    },
    {
      text: 'a mix of all layers is better than the last one, for the meaning',
      unit: 'points of accuracy',
      margin: (of) => of(MIX, 'meaning') - of('second layer', 'meaning'),
    },
    {
      text: 'the meaning gives the static vector less weight than the last letter does',
      unit: 'points of weight',
      margin: (of) => of('static vector', 'endingWeight') - of('static vector', 'meaningWeight'),
    },
    {
      text: 'the meaning gives the second layer more weight than the next word does',
      unit: 'points of weight',
      margin: (of) => of('second layer', 'meaningWeight') - of('second layer', 'followerWeight'),
    },
    {
      text: 'it is pre-training that makes vectors tell meanings apart, not recurrence as such',
      unit: 'points of accuracy',
      margin: (of) => of(MIX, 'meaning') - of(`${MIX}, not pre-trained`, 'meaning'),
    },
  ],
  run: async ({ isQuick, key, engine, progress }) => {
    const comments = (await defaultCorpus()).text.split('\n\n').slice(0, isQuick ? 200 : undefined);
    const sentences = comments.map(toWords);
    const words = pseudoWords(sentences, { numWords: isQuick ? 2 : 20, mostFrequent: 1000 });
    const { texts, tasks } = wordTasks(sentences, words, { mostExamples: isQuick ? 8 : 200, key: key.fold('tasks') });
    const tokenizer = trainElmoVocabulary(texts, { vocabSize: isQuick ? 200 : 3000 });
    const sizes = isQuick ? { hiddenSize: 8, memorySize: 8 } : { hiddenSize: 64, memorySize: 192 };

    const createModel = (): ReturnType<typeof newElmo> => newElmo(tokenizer, { ...sizes, key: key.fold('model') });
    const fresh = createModel();
    const reader = wordReader(fresh, engine);
    const probe = async (name: keyof typeof tasks, { model }: typeof fresh): Promise<ProbeResult> => {
      const { train, test, numLabels } = tasks[name];
      const vectorsOf = async (words: readonly LabelledWord[]): Promise<LabelledVectors> => ({
        layers: await reader.read(model, words),
        labels: words.map(({ label }) => label),
      });
      return probeLayers({
        ...{ train: await vectorsOf(train), test: await vectorsOf(test), numLabels, numSteps: isQuick ? 4 : 1000 },
        ...{ key: key.fold('probes').fold(name), engine },
      });
    };

    const pretrained = await pretrainElmo(createModel(), texts, {
      ...{ numSteps: isQuick ? 4 : 1500, batchSize: isQuick ? 4 : 32, learningRate: 3e-3 },
      ...{ windowLength: isQuick ? 5 : 20, key: key.fold('pre-training'), engine },
      progress: (fraction) => {
        progress(0.8 * fraction, 'pre-training');
      },
    });
    progress(0.8, 'the network that was not pre-trained');
    const untrained = await probe('meaning', fresh);
    progress(0.85, 'meaning');
    const meaning = await probe('meaning', pretrained);
    progress(0.9, 'next word');
    const follower = await probe('follower', pretrained);
    progress(0.95, 'last letter');
    const ending = await probe('ending', pretrained);
    for (const owner of [reader, fresh, pretrained]) owner.dispose();

    const accuracies = (index: number): Record<string, number> => ({
      meaning: meaning.accuracies[index] ?? NaN,
      follower: follower.accuracies[index] ?? NaN,
      ending: ending.accuracies[index] ?? NaN,
    });
    return [
      ...LAYERS.map((name, layer): Condition => ({
        name,
        values: {
          ...accuracies(layer),
          meaningWeight: meaning.mixWeights[layer] ?? NaN,
          followerWeight: follower.mixWeights[layer] ?? NaN,
          endingWeight: ending.mixWeights[layer] ?? NaN,
        },
      })),
      { name: MIX, values: accuracies(LAYERS.length) },
      { name: `${MIX}, not pre-trained`, values: { meaning: untrained.accuracies[LAYERS.length] ?? NaN } },
    ];
  },
};
