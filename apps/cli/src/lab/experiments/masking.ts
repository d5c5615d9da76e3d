import type { MaskedLanguageModel, Objective } from '@cloze/core';
import { packTokens } from '@cloze/datasets';
import {
  causalLanguageModeling,
  IGNORED_LABEL,
  maskedLanguageModeling,
  type MaskedLanguageModelingField,
  type MaskingOptions,
} from '@cloze/objectives';
import type { Tokenizer } from '@cloze/tokenizer';
import { Evaluator } from '@cloze/training';
import { defaultCorpus } from '../../corpus/default-corpus.ts';
import type { Condition, Experiment, Setting } from '../experiment.ts';
import { fineTunedAccuracy } from '../fine-tuned-accuracy.ts';
import { heldOutWindows } from '../held-out-windows.ts';
import { messagesByKind } from '../messages-by-kind.ts';
import { BERT_TOKENS, newBert, newGpt, wordPieces, type ModelSize } from '../small-models.ts';
import { trainModel, windowsOf, type TrainModelOptions } from '../train-model.ts';

const SEQUENCE_LENGTH = 32;
const EVALUATION_BATCH = 16;
const NUM_STEPS = 2000;

/** Weights begin larger than BERT's 0.02, which is made for a hidden size of 768: with it, small encoders take long to look at anything but the mask. */
const SIZE: ModelSize = { hiddenSize: 64, numLayers: 2, maxPositions: SEQUENCE_LENGTH, initializerRange: 0.1 };
const QUICK_SIZE: ModelSize = { ...SIZE, hiddenSize: 16, numLayers: 1 };

interface Pretrained {
  /** How many eighths of the text are read. Default: 8. */
  readonly eighths?: number;
}

interface PretrainedEncoder extends Pretrained, Pick<MaskingOptions, 'maskedShare' | 'replacement'> {
  /** The share of the masked tokens that is predicted. Default: all. */
  readonly predictedShare?: number;
}

/** What stands for a masked token. */
const MASK_ONLY = { mask: 1, random: 0 };

const ENCODERS: Readonly<Record<string, PretrainedEncoder>> = {
  '15 % masked, 1/8 of the text': { maskedShare: 0.15, eighths: 1 },
  '6 % masked': { maskedShare: 0.06 },
  '15 % masked': { maskedShare: 0.15 },
  '40 % masked': { maskedShare: 0.4 },
  '80 % masked': { maskedShare: 0.8 },
  '15 %, always [MASK]': {
    ...{ maskedShare: 0.15, replacement: MASK_ONLY },
  },
  '40 % masked, 15 % predicted': { maskedShare: 0.4, predictedShare: 0.15 / 0.4 },
};

const CAUSAL: Readonly<Record<string, Pretrained>> = {
  'causal, 1/8 of the text': { eighths: 1 },
  causal: {},
};

/** Chapter 2. */
export const masking: Experiment = {
  name: 'masking',
  title: 'Masking',
  question:
    'How much of a text should be masked, what should stand in its place, and what does it cost that only the masked tokens are predicted?',
  method:
    "Encoders (BERT, 2 layers x 64) read the documentation comments of TypeScript's libraries: 2,000 steps of 32 x 32 tokens, a learning rate of 2e-3 for all, the same text in the same " +
    'order; only the masking differs. A GPT of the same size reads as many tokens. All encoders are measured by the standard masking (15 %, of which 80/10/10) of held-out comments, and by one with [MASK] only; then each learns what a message of ' +
    'the compiler is about from 200 labelled messages. ' +
    "'Below unigrams' is how much better a model predicts its own targets than their frequencies do.",
  seeds: [1, 2, 3],
  measures: {
    loss: { label: 'held-out masked loss, nats', digits: 2 },
    maskOnly: { label: 'the same with [MASK] only, nats', digits: 2 },
    gain: { label: 'below unigrams, nats', digits: 2 },
    kinds: { label: 'kinds of messages, accuracy, %', digits: 1 },
  },
  plots: [{ measure: 'loss' }, { measure: 'gain' }, { measure: 'kinds' }],
  claims: [
    {
      text: 'masking 15 % is better than masking 6 %',
      unit: 'nats of held-out masked loss',
      margin: (of) => of('6 % masked', 'loss') - of('15 % masked', 'loss'),
    },
    {
      text: 'masking 40 % is better than 15 %',
      unit: 'nats of held-out masked loss',
      margin: (of) => of('15 % masked', 'loss') - of('40 % masked', 'loss'),
    },
    {
      // Wettig et al. 2023.
      text: 'after fine-tuning, 40 % masked are better than 15 %',
      unit: 'points of accuracy',
      margin: (of) => of('40 % masked', 'kinds') - of('15 % masked', 'kinds'),
    },
    {
      text: 'always [MASK] is better than 80/10/10 where only [MASK] is restored',
      unit: 'nats of held-out masked loss',
      margin: (of) => of('15 % masked', 'maskOnly') - of('15 %, always [MASK]', 'maskOnly'),
    },
    {
      // Devlin et al. 2019, appendix C.2: of little consequence where everything is fine-tuned.
      text: 'after fine-tuning, 80/10/10 is better than always [MASK]',
      unit: 'points of accuracy',
      margin: (of) => of('15 % masked', 'kinds') - of('15 %, always [MASK]', 'kinds'),
    },
    {
      text: 'more predictions help: of 40 % masked tokens, all should be predicted and not only some',
      unit: 'nats of held-out masked loss',
      margin: (of) => of('40 % masked, 15 % predicted', 'loss') - of('40 % masked', 'loss'),
    },
    {
      text: 'more masks hurt: with 15 % predicted, the other tokens should stay visible',
      unit: 'nats of held-out masked loss',
      margin: (of) => of('40 % masked, 15 % predicted', 'loss') - of('15 % masked', 'loss'),
    },
    {
      text: 'a causal model, which predicts every token, has learned more from the first eighth of the text',
      unit: 'nats below unigrams',
      margin: (of) => of('causal, 1/8 of the text', 'gain') - of('15 % masked, 1/8 of the text', 'gain'),
    },
  ],
  run: async (setting) => {
    const { isQuick, key, engine } = setting;
    const data = await readData(setting);
    const { tokenizer, windows, heldOut, unigrams } = data;
    const newEncoder = () => newBert(tokenizer, isQuick ? QUICK_SIZE : SIZE, key.fold('model'));
    const start = newEncoder();
    const conditions: Condition[] = [];
    const objective = maskedObjective({ maskedShare: 0.15 }, tokenizer.vocabSize);
    const maskOnly = maskedObjective({ maskedShare: 0.15, replacement: MASK_ONLY }, tokenizer.vocabSize);
    const evaluation = { batchSize: EVALUATION_BATCH, engine };
    const evaluator = new Evaluator(start.model, { ...evaluation, objective });
    const maskOnlyEvaluator = new Evaluator(start.model, { ...evaluation, objective: maskOnly });
    const numModels = Object.keys(ENCODERS).length + Object.keys(CAUSAL).length;
    for (const [name, { eighths, ...masked }] of Object.entries(ENCODERS)) {
      const model = await trainModel(newEncoder(), {
        ...trainingOf(setting, { eighths, name, done: conditions.length / numModels, share: 0.9 / numModels }),
        objective: maskedObjective(masked, tokenizer.vocabSize),
        data: windows,
      });
      const { loss } = await evaluator.evaluate(model.model, heldOut);
      const ofMasks = await maskOnlyEvaluator.evaluate(model.model, heldOut);
      const { accuracy } = await fineTunedAccuracy(model, {
        ...{ ...data.messages, learningRate: 1e-3, numEpochs: isQuick ? 1 : 20, key: key.fold('fine-tuning'), engine },
      });
      const values = { loss, maskOnly: ofMasks.loss, gain: unigrams - loss, kinds: accuracy };
      conditions.push({ name, values });
      model.dispose();
    }
    evaluator.dispose();
    maskOnlyEvaluator.dispose();
    start.dispose();
    return [...conditions, ...(await causalConditions(data, setting, { done: conditions.length, numModels }))];
  },
};

/** A GPT of the same size, which reads the same tokens. */
async function causalConditions(
  { tokenizer, causalWindows, causalHeldOut, causalUnigrams }: Data,
  setting: Setting,
  { done, numModels }: { readonly done: number; readonly numModels: number },
): Promise<Condition[]> {
  const { isQuick, key, engine } = setting;
  const newDecoder = () => newGpt(tokenizer, isQuick ? QUICK_SIZE : SIZE, key.fold('model'));
  const start = newDecoder();
  const objective = causalLanguageModeling();
  const evaluator = new Evaluator(start.model, { objective, batchSize: EVALUATION_BATCH, engine });
  const conditions: Condition[] = [];
  for (const [name, { eighths }] of Object.entries(CAUSAL)) {
    const at = (done + conditions.length) / numModels;
    const model = await trainModel(newDecoder(), {
      ...trainingOf(setting, { eighths, name, done: at, share: 0.9 / numModels }),
      objective,
      data: causalWindows,
    });
    const { loss } = await evaluator.evaluate(model.model, causalHeldOut);
    conditions.push({ name, values: { gain: causalUnigrams - loss } });
    model.dispose();
  }
  evaluator.dispose();
  start.dispose();
  return conditions;
}

/** Masked language modeling, of which a share of the masked tokens may be all that is predicted. */
function maskedObjective(
  { predictedShare = 1, ...options }: Pick<PretrainedEncoder, 'maskedShare' | 'replacement' | 'predictedShare'>,
  vocabSize: number,
): Objective<ArrayLike<number>, MaskedLanguageModel, MaskedLanguageModelingField> {
  const objective = maskedLanguageModeling({
    ...options,
    ...{ tokens: BERT_TOKENS, vocabSize, sequenceLength: SEQUENCE_LENGTH },
  });
  return {
    ...objective,
    prepare: (examples, key) => {
      const { labels, ...batch } = objective.prepare(examples, key);
      const draws = key.fold('predicted').uniform(labels.data.length);
      const isPredicted = (index: number): boolean => (draws[index] ?? 0) < predictedShare;
      const data = Int32Array.from(labels.data, (label, index) => (isPredicted(index) ? label : IGNORED_LABEL));
      return { ...batch, labels: { ...labels, data } };
    },
  };
}

function trainingOf(
  { isQuick, key, engine, progress }: Setting,
  options: {
    readonly eighths: number | undefined;
    readonly name: string;
    readonly done: number;
    readonly share: number;
  },
): Omit<TrainModelOptions<never, never, never>, 'objective' | 'data' | 'trainable'> {
  const { eighths = 8, name, done, share } = options;
  return {
    numSteps: isQuick ? 2 : (NUM_STEPS * eighths) / 8,
    ...{ batchSize: isQuick ? 2 : 32, learningRate: 2e-3, key: key.fold('pre-training'), engine },
    progress: (fraction) => {
      progress(done + share * fraction, name);
    },
  };
}

type Data = Awaited<ReturnType<typeof readData>>;

/** Texts to learn from and to be measured by, the same for all models of a seed. */
async function readData({ isQuick, key }: Setting) {
  const comments = (await defaultCorpus()).text.split('\n\n');
  const cut = isQuick ? 200 : Math.floor(0.9 * comments.length);
  const texts = comments.slice(0, cut);
  const heldOutTexts = comments.slice(cut, isQuick ? cut + 60 : undefined);
  const tokenizer = wordPieces(texts, isQuick ? 300 : 1024);
  const separatorId = BERT_TOKENS.sepTokenId;
  const windowKey = key.fold('windows');
  const held = { separatorId, batchSize: EVALUATION_BATCH };
  // [CLS] and [SEP] stand around what an encoder reads; the last token of a causal window is a target only.
  const [length, causalLength] = [SEQUENCE_LENGTH - 2, SEQUENCE_LENGTH + 1];
  const heldOut = await heldOutWindows(heldOutTexts, tokenizer, { ...held, length });
  const causalHeldOut = await heldOutWindows(heldOutTexts, tokenizer, { ...held, length: causalLength, overlap: 1 });
  const frequencies = { texts, tokenizer };
  const messages = await messagesByKind({ numTraining: isQuick ? 16 : 200, key: key.fold('messages') });
  return {
    tokenizer,
    windows: await windowsOf(texts, tokenizer, { length, separatorId, key: windowKey }),
    heldOut,
    messages: { ...messages, test: isQuick ? messages.test.slice(0, 32) : messages.test },
    // [SEP] is never masked.
    unigrams: await unigramLoss(
      heldOut.flatMap((window) => Array.from(window).filter((id) => id !== separatorId)),
      frequencies,
    ),
    causalWindows: await windowsOf(texts, tokenizer, { length: causalLength, separatorId, key: windowKey }),
    causalHeldOut,
    causalUnigrams: await unigramLoss(
      causalHeldOut.flatMap((window) => Array.from(window.subarray(1))),
      { ...frequencies, separatorId },
    ),
  };
}

/** What a model that knows nothing but the frequencies of tokens in some texts loses on others, in nats per token. */
async function unigramLoss(
  targets: readonly number[],
  {
    texts,
    tokenizer,
    separatorId,
  }: { readonly texts: readonly string[]; readonly tokenizer: Tokenizer; readonly separatorId?: number },
): Promise<number> {
  const encode = (text: string): Int32Array => tokenizer.encodeToIds(text, { addSpecialTokens: false });
  const { vocabSize } = tokenizer;
  const ids = await packTokens(texts, { encode, vocabSize, separatorId });
  // One more of each, so that none is impossible.
  const counts = new Float64Array(vocabSize).fill(1);
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  const total = ids.length + vocabSize;
  return targets.reduce((sum, id) => sum - Math.log((counts[id] ?? 1) / total), 0) / targets.length;
}
