import type { MaskedPairModel, RandomKey } from '@cloze/core';
import { epochSource, fingerprint, packSentences } from '@cloze/datasets';
import {
  bertPreTraining,
  maskedLanguageModeling,
  nextSentencePairs,
  type BertPreTrainingField,
  type SentencePair,
} from '@cloze/objectives';
import { Evaluator } from '@cloze/training';
import type { ClassifiedText } from '@cloze/tasks';
import { defaultCorpus } from '../../corpus/default-corpus.ts';
import { proseSentences } from '../../pretrain/prose-sentences.ts';
import type { Condition, Experiment, Setting } from '../experiment.ts';
import { fineTunedAccuracy } from '../fine-tuned-accuracy.ts';
import { heldOutWindows } from '../held-out-windows.ts';
import { messagesByKind } from '../messages-by-kind.ts';
import { BERT_TOKENS, newPairBert, SMALL, TINY, wordPieces, type LabModel, type ModelSize } from '../small-models.ts';
import { trainModel, windowsOf } from '../train-model.ts';

const SEQUENCE_LENGTH = 64;
const EVALUATION_BATCH = 16;
/** Comments are short: so many neighbours make a document, or there would be no next sentence. */
const COMMENTS_PER_DOCUMENT = 8;
/** Weights begin larger than BERT's 0.02, see the experiment on masking. */
const SIZE: ModelSize = { ...SMALL, hiddenSize: 64, initializerRange: 0.1 };

const [NONE, MASKING, BOTH] = ['no pre-training', 'masking alone', 'masking and next sentence'];

/** Chapter 3. */
export const nextSentence: Experiment = {
  name: 'next-sentence',
  title: 'The next sentence',
  question: 'Does an encoder need to learn whether one text follows another?',
  method:
    "BERTs of 2 layers x 64 read the documentation comments of TypeScript's libraries, in sequences of 64 tokens of which 40 % are masked, for 2,500 steps of 32. One reads single pieces of text; the other " +
    'pairs of them, and learns beside the masked words whether the second follows the first or comes from elsewhere. Both have as many steps. Then they learn two tasks with messages of the compiler: ' +
    'whether two halves belong to one message, from 1,000 pairs, and what a message is about, from 200; beside them one that has read nothing. ' +
    'The masked loss is that of single pieces of comments that no training saw.',
  seeds: [1, 2, 3],
  measures: {
    halves: { label: 'pairs of halves, accuracy, %', digits: 1 },
    kinds: { label: 'kinds of messages, accuracy, %', digits: 1 },
    loss: { label: 'held-out masked loss, nats', digits: 2 },
    next: { label: 'next sentence, accuracy, %', digits: 1 },
  },
  plots: [{ measure: 'halves' }, { measure: 'kinds' }, { measure: 'loss' }],
  claims: [
    {
      // Devlin et al. 2019, table 5.
      text: 'next-sentence prediction helps to tell whether two texts belong together',
      unit: 'points of accuracy',
      margin: (of) => of(BOTH, 'halves') - of(MASKING, 'halves'),
    },
    {
      // Liu et al. 2019, table 2.
      text: 'without next-sentence prediction, single texts are classified as well: at most 1 point worse',
      unit: 'points of accuracy',
      margin: (of) => of(MASKING, 'kinds') - of(BOTH, 'kinds') + 1,
    },
    {
      text: 'next-sentence prediction costs something in masked words',
      unit: 'nats of held-out masked loss',
      margin: (of) => of(BOTH, 'loss') - of(MASKING, 'loss'),
    },
    {
      text: 'any pre-training helps to tell whether two texts belong together',
      unit: 'points of accuracy',
      margin: (of) => of(MASKING, 'halves') - of(NONE, 'halves'),
    },
  ],
  run: async (setting) => {
    const { isQuick, key, engine, progress } = setting;
    const data = await readData(setting);
    const { tokenizer, heldOut, heldOutPairs } = data;
    const newModel = () => newPairBert(tokenizer, isQuick ? TINY : SIZE, key.fold('model'));
    const start = newModel();
    const masked = { tokens: BERT_TOKENS, vocabSize: tokenizer.vocabSize, sequenceLength: SEQUENCE_LENGTH };
    const evaluation = { batchSize: EVALUATION_BATCH, engine };
    const loss = new Evaluator<MaskedPairModel, ArrayLike<number>>(start.model, {
      ...{ ...evaluation, objective: maskedLanguageModeling(masked) },
    });
    const next = new Evaluator(start.model, { ...evaluation, objective: bertPreTraining(masked) });
    const measure = async (model: LabModel<MaskedPairModel>): Promise<Record<string, number>> => ({
      ...(await taskAccuracies(model, data, setting)),
      loss: (await loss.evaluate(model.model, heldOut)).loss,
    });
    const conditions: Condition[] = [{ name: NONE, values: await taskAccuracies(start, data, setting) }];
    const training = {
      ...{ numSteps: isQuick ? 4 : 2500, batchSize: isQuick ? 4 : 32, learningRate: 2e-3 },
      ...{ key: key.fold('pre-training'), engine },
    };
    const alone = await trainModel<MaskedPairModel, ArrayLike<number>, string>(newModel(), {
      ...{ ...training, objective: maskedLanguageModeling({ ...masked, maskedShare: 0.4 }), data: data.windows },
      progress: (fraction) => {
        progress(0.05 + 0.4 * fraction, MASKING);
      },
    });
    conditions.push({ name: MASKING, values: await measure(alone) });
    alone.dispose();
    const both = await trainModel<MaskedPairModel, SentencePair, BertPreTrainingField>(newModel(), {
      ...{ ...training, objective: bertPreTraining({ ...masked, maskedShare: 0.4 }), data: data.pairs },
      progress: (fraction) => {
        progress(0.5 + 0.4 * fraction, BOTH);
      },
    });
    const { metrics } = await next.evaluate(both.model, heldOutPairs);
    const accuracy = 100 * (metrics['nextSentenceAccuracy'] ?? NaN);
    conditions.push({ name: BOTH, values: { ...(await measure(both)), next: accuracy } });
    both.dispose();
    loss.dispose();
    next.dispose();
    start.dispose();
    return conditions;
  },
};

type Data = Awaited<ReturnType<typeof readData>>;

/** What both tasks come to after fine-tuning. */
async function taskAccuracies(
  model: LabModel<MaskedPairModel>,
  { halves, kinds }: Data,
  { isQuick, key, engine }: Setting,
): Promise<Record<'halves' | 'kinds', number>> {
  const options = { learningRate: 5e-4, numEpochs: isQuick ? 1 : 10, key: key.fold('fine-tuning'), engine };
  const ofHalves = await fineTunedAccuracy(model, { ...options, ...halves });
  const ofKinds = await fineTunedAccuracy(model, {
    ...options,
    ...kinds,
    learningRate: 1e-3,
    numEpochs: isQuick ? 1 : 20,
  });
  return { halves: ofHalves.accuracy, kinds: ofKinds.accuracy };
}

/** Texts to learn from and to be measured by, the same for all models of a seed. */
async function readData({ isQuick, key }: Setting) {
  const comments = (await defaultCorpus()).text.split('\n\n');
  const cut = isQuick ? 200 : Math.floor(0.9 * comments.length);
  const [texts, heldOutTexts] = [comments.slice(0, cut), comments.slice(cut, isQuick ? cut + 60 : undefined)];
  const { train, test } = await messagesByKind({ numTraining: isQuick ? 16 : 200, key: key.fold('kinds') });
  const tokenizer = wordPieces([...texts, ...train.map(({ text }) => text)], isQuick ? 300 : 2048);
  const encode = (text: string): Int32Array => tokenizer.encodeToIds(text, { addSpecialTokens: false });
  const packing = { encode, vocabSize: tokenizer.vocabSize };
  const documents = await packSentences(documentsOf(texts), packing);
  const heldOutDocuments = await packSentences(documentsOf(heldOutTexts), packing);
  const pairKey = key.fold('pairs');
  const pairing = { sequenceLength: SEQUENCE_LENGTH };
  const separatorId = BERT_TOKENS.sepTokenId;
  // Room for [CLS] and [SEP].
  const length = SEQUENCE_LENGTH - 2;
  const heldOutPairs = nextSentencePairs(heldOutDocuments, pairing, pairKey.fold('held out'));
  return {
    tokenizer,
    windows: await windowsOf(texts, tokenizer, { length, separatorId, key: key.fold('windows') }),
    heldOut: await heldOutWindows(heldOutTexts, tokenizer, { length, separatorId, batchSize: EVALUATION_BATCH }),
    pairs: epochSource<SentencePair>({
      fingerprint: fingerprint('pairs', pairKey.toWords()),
      examplesOf: (epoch) => nextSentencePairs(documents, pairing, pairKey.fold('epoch').fold(epoch)),
    }),
    heldOutPairs: heldOutPairs.slice(0, heldOutPairs.length - (heldOutPairs.length % EVALUATION_BATCH)),
    kinds: { train, test: isQuick ? test.slice(0, 32) : test },
    halves: await halvesOfMessages({ numTraining: isQuick ? 16 : 1000, numTest: isQuick ? 32 : 600, key }),
  };
}

/** The sentences of neighbouring comments. */
function documentsOf(comments: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(comments.length / COMMENTS_PER_DOCUMENT) }, (_, index) =>
    comments.slice(index * COMMENTS_PER_DOCUMENT, (index + 1) * COMMENTS_PER_DOCUMENT).flatMap(proseSentences),
  );
}

/** A message's first half with its second one, or with that of another message, in equal numbers. */
async function halvesOfMessages({
  numTraining,
  numTest,
  key,
}: {
  readonly numTraining: number;
  readonly numTest: number;
  readonly key: RandomKey;
}): Promise<{ readonly train: ClassifiedText[]; readonly test: ClassifiedText[] }> {
  const { train: messages } = await messagesByKind({ numTraining: numTraining + numTest, key: key.fold('halves') });
  const halves = messages.map(({ text }) => {
    const words = text.split(' ');
    const half = Math.ceil(words.length / 2);
    return [words.slice(0, half).join(' '), words.slice(half).join(' ')] as const;
  });
  const rows = halves.map(([text, second], index): ClassifiedText => {
    const own = key.fold('swap').fold(index);
    const isSwapped = own.fold('whether').integer(2) === 1;
    const begin = index < numTraining ? 0 : numTraining;
    const count = index < numTraining ? numTraining : halves.length - numTraining;
    // Any but its own, from the same part.
    const other = begin + ((index - begin + 1 + own.fold('which').integer(count - 1)) % count);
    const pair = isSwapped ? (halves[other]?.[1] ?? second) : second;
    return { text, pair, label: isSwapped ? 'apart' : 'together' };
  });
  return { train: rows.slice(0, numTraining), test: rows.slice(numTraining) };
}
