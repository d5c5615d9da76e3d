import { parametersOf, withParameters, type MaskedLanguageModel, type ParameterFilter } from '@cloze/core';
import type { Condition, Experiment } from '../experiment.ts';
import { fineTunedAccuracy } from '../fine-tuned-accuracy.ts';
import { messageReader } from '../message-reader.ts';
import { pretrainBert } from '../pretrain-bert.ts';

const isTokenEmbedding: ParameterFilter = (path) => path === 'model.embeddings.tokens.weight';

/** What of the pre-trained network is kept; all else is as it was before pre-training. */
const KEPT: Readonly<Record<string, ParameterFilter>> = {
  nothing: () => false,
  'token embeddings': isTokenEmbedding,
  'all but token embeddings': (path) => !isTokenEmbedding(path),
  'whole network': () => true,
};

/** Chapter 4. */
export const embeddings: Experiment = {
  name: 'embeddings',
  title: 'Embeddings or the whole network',
  question: 'Is it enough to pre-train the embeddings of words, or are the layers above them what counts?',
  method:
    "A BERT of 2 layers x 128 reads the documentation comments of TypeScript's libraries and the compiler's messages by masked language modeling (40 % masked). " +
    'Of what it learned some is kept, and the rest is set back to what it was before: nothing is kept, or the token embeddings alone, or all but these, or ' +
    'everything. Each of the four networks then learns what a message is about (syntax, types, options or quick fixes) from 200 labelled messages in 20 epochs, all ' +
    'parameters trained, and is tested on about 1,500 others.',
  seeds: [1, 2, 3],
  measures: { accuracy: { label: 'accuracy, %', digits: 1 } },
  plots: [{ measure: 'accuracy' }],
  claims: [
    {
      text: 'pre-trained embeddings alone are better than nothing',
      unit: 'points of accuracy',
      margin: (of) => of('token embeddings', 'accuracy') - of('nothing', 'accuracy'),
    },
    {
      text: 'the whole network is better than its embeddings alone',
      unit: 'points of accuracy',
      margin: (of) => of('whole network', 'accuracy') - of('token embeddings', 'accuracy'),
    },
    {
      text: 'layers bring something even without the embeddings that they were trained with',
      unit: 'points of accuracy',
      margin: (of) => of('all but token embeddings', 'accuracy') - of('nothing', 'accuracy'),
    },
    {
      text: 'embeddings and layers together bring more than the sum of what each brings alone',
      unit: 'points of accuracy',
      margin: (of) =>
        of('whole network', 'accuracy') +
        of('nothing', 'accuracy') -
        of('token embeddings', 'accuracy') -
        of('all but token embeddings', 'accuracy'),
    },
  ],
  run: async ({ isQuick, key, engine, progress }) => {
    const { createModel, texts, pretraining, train, test, numEpochs } = await messageReader({ isQuick, key });
    const pretrained = await pretrainBert(createModel(), texts, {
      ...{ ...pretraining, key: key.fold('pre-training'), engine },
      progress: (fraction) => {
        progress(0.7 * fraction, 'pre-training');
      },
    });
    const fresh = createModel();
    const conditions: Condition[] = [];
    for (const [name, isKept] of Object.entries(KEPT)) {
      progress(0.7 + 0.07 * conditions.length, name);
      const model: MaskedLanguageModel = withParameters(fresh.model, parametersOf(pretrained.model, isKept));
      const { accuracy } = await fineTunedAccuracy(
        { ...fresh, model },
        { train, test, numEpochs, learningRate: 1e-3, key: key.fold('fine-tuning'), engine },
      );
      conditions.push({ name, values: { accuracy } });
    }
    pretrained.dispose();
    fresh.dispose();
    return conditions;
  },
};
