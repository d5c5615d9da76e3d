import { disposeModule } from '@cloze/core';
import { listSource } from '@cloze/datasets';
import {
  denoising,
  sentencePermutation,
  textInfilling,
  tokenDeletion,
  tokenMasking,
  type Noise,
} from '@cloze/objectives';
import type { Tokenizer } from '@cloze/tokenizer';
import { idsWhere } from '../../pretrain/tokenizer.ts';
import type { Condition, Experiment } from '../experiment.ts';
import { MESSAGE_MEASURES, messageWriter } from '../message-writer.ts';
import { BART_TOKENS, BART_WRITER } from '../small-encoder-decoders.ts';

/** Of the words. */
const HIDDEN_SHARE = 0.3;
const NONE = 'no pre-training';

/** How many messages are learned from, and what is measured on the others. */
const TASKS = {
  kind: { numTraining: 200, measure: 'exactMatch' },
  continuation: { numTraining: 800, measure: 'loss' },
  restoration: { numTraining: 800, measure: 'loss' },
} as const;

/** Chapter 7. */
export const bartNoise: Experiment = {
  name: 'bart-noise',
  title: 'Which noise helps which task',
  question: 'Does it matter how a text is damaged for a model to learn from restoring it?',
  method:
    "BARTs of 2 + 2 layers x 64 restore the documentation comments of TypeScript's libraries, in pieces of 46 tokens, for 1,200 steps of 8 pieces: 30 % of " +
    'the words masked, deleted, or replaced in spans by one mask each; sentences in random order; or both of the last. Then each learns three tasks with ' +
    'messages of the compiler, all of them text to text: to write the kind of a message, from 200 labels; its second half for its first, from 800; and the ' +
    'message for what is left of it in lower case without its small words, from 800. Each has 350 steps. All are measured on 640 messages that no training saw.',
  seeds: [1, 2, 3],
  measures: MESSAGE_MEASURES,
  plots: [{ measure: 'kind' }, { measure: 'continuation' }, { measure: 'restoration' }],
  claims: [
    {
      text: 'restoring infilled text helps to classify',
      unit: 'points of accuracy',
      margin: (of) => of('infilling', 'kind') - of(NONE, 'kind'),
    },
    {
      text: 'restoring infilled text helps to continue texts',
      unit: 'nats per token',
      margin: (of) => of(NONE, 'continuation') - of('infilling', 'continuation'),
    },
    {
      text: 'permuted sentences alone teach less about classifying than infilling',
      unit: 'points of accuracy',
      margin: (of) => of('infilling', 'kind') - of('permutation', 'kind'),
    },
    {
      text: 'permuted sentences alone teach less about continuing texts than infilling',
      unit: 'nats per token',
      margin: (of) => of('permutation', 'continuation') - of('infilling', 'continuation'),
    },
    {
      text: 'where texts are continued, deletion is better than masking',
      unit: 'nats per token',
      margin: (of) => of('masking', 'continuation') - of('deletion', 'continuation'),
    },
    {
      text: 'where words are missing without a trace, deletion is better than masking',
      unit: 'nats per token',
      margin: (of) => of('masking', 'restoration') - of('deletion', 'restoration'),
    },
    {
      text: 'where texts are continued, infilling is better than masking',
      unit: 'nats per token',
      margin: (of) => of('masking', 'continuation') - of('infilling', 'continuation'),
    },
    {
      text: 'where texts are continued, permutation adds something to infilling',
      unit: 'nats per token',
      margin: (of) => of('infilling', 'continuation') - of('infilling and permutation', 'continuation'),
    },
  ],
  run: async ({ isQuick, key, engine, progress }) => {
    const writer = await messageWriter(BART_WRITER, { isQuick, key, engine });
    const { start, tokenizer, trainer, lengths } = writer;
    const windows = await writer.comments();
    const conditions: Condition[] = [];
    const noises = Object.entries({ [NONE]: [], ...noisesFor(tokenizer) });
    for (const [name, noise] of noises) {
      const tell = (fraction: number): void => {
        progress((conditions.length + fraction) / noises.length, name);
      };
      const pretrained = await trainer.train(start, {
        objective: denoising({ ...BART_TOKENS, ...lengths, noises: noise }),
        data: windows,
        ...{ numSteps: name === NONE ? 0 : isQuick ? 2 : 1200, learningRate: 2e-3, key: key.fold('pre-training') },
        progress: (fraction) => {
          tell(0.7 * fraction);
        },
      });
      const values: Record<string, number> = {};
      for (const task of ['kind', 'continuation', 'restoration'] as const) {
        const { numTraining, measure } = TASKS[task];
        const tuned = await trainer.train(pretrained, {
          objective: trainer.objective,
          data: listSource(writer.lessons(task, numTraining), { key: key.fold('order') }),
          numSteps: isQuick ? 1 : 350,
          ...{ learningRate: 2e-3, key: key.fold(task) },
        });
        values[task] = await trainer[measure](tuned, writer.exam(task));
        disposeModule(tuned);
      }
      disposeModule(pretrained);
      conditions.push({ name, values });
    }
    writer.dispose();
    return conditions;
  },
};

function noisesFor(tokenizer: Tokenizer): Record<string, Noise[]> {
  // Byte-level tokens show a space as Ġ and a line break as Ċ.
  const wordStarts = idsWhere(tokenizer, (token) => /^[ĠĊ]/.test(token));
  const sentenceEnds = idsWhere(tokenizer, (token) => /[.!?]$/.test(token));
  const words = { ratio: HIDDEN_SHARE, isWordStart: (id: number) => wordStarts.has(id) };
  const { maskTokenId } = BART_TOKENS;
  const infilling = textInfilling({ ...words, maskTokenId });
  const permutation = sentencePermutation({ isSentenceEnd: (id) => sentenceEnds.has(id) });
  return {
    masking: [tokenMasking({ ...words, maskTokenId })],
    deletion: [tokenDeletion(words)],
    infilling: [infilling],
    permutation: [permutation],
    'infilling and permutation': [permutation, infilling],
  };
}
