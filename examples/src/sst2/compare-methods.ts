/**
 * Ways of teaching a small BERT and a small GPT the sentiment of SST-2 with few labelled sentences, in one table: from nothing, and after pre-training on the
 * text of all sentences and on English that is on the disk anyway, without labels. Which sentences have labels is drawn several times, because with few of
 * them the draw decides much.
 *
 *     node dist/sst2/compare-methods.js TRAIN.tsv DEV.tsv [--quick]
 *
 * Both files have a sentence, a tab and 1 (positive) or 0 (negative) in each line and no names of columns. The sentences of GLUE's SST-2 are at
 * https://dl.fbaipublicfiles.com/glue/data/SST-2.zip; take off the first line of its files.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bertFamily, bertTiny } from '@cloze/bert';
import {
  disposeModule,
  parametersOf,
  RandomKey,
  randomParameters,
  withParameters,
  type CausalLanguageModel,
  type ClassifierPooling,
  type MaskedLanguageModel,
  type Module,
  type Objective,
} from '@cloze/core';
import { packTokens, randomWindows } from '@cloze/datasets';
import { bootstrapInterval, pairedBootstrap, type ConfidenceInterval, type PairedDifference } from '@cloze/evaluation';
import { gptFamily, gptNano } from '@cloze/gpt';
import { anyFamily, pretrainedAdapterFiles, pretrainedFiles } from '@cloze/hub';
import { onnxRuntimeEngine } from '@cloze/jit';
import { causalLanguageModeling, maskedLanguageModeling } from '@cloze/objectives';
import {
  classification,
  evaluateModel,
  finetune,
  readTaskData,
  type BaseModel,
  type ClassifiedText,
  type FineTuningOptions,
  type TunedModel,
} from '@cloze/tasks';
import { trainByteLevelBpe, trainWordPiece, type Tokenizer } from '@cloze/tokenizer';
import { adamw, train, warmupCosine } from '@cloze/training';
import * as tf from '@tensorflow/tfjs';

/** How much is done. */
export interface Size {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly vocabSize: number;
  /** On all texts, and then on the sentences alone. */
  readonly pretrainingSteps: readonly [all: number, sentences: number];
  readonly numEpochs: number;
  /** How many sentences of the first file are taught with their labels; the text of all is read without. */
  readonly numLabelled: number;
  /** How often these are drawn. */
  readonly numDraws: number;
  /** Of each file. */
  readonly mostRows: number;
}

/** For the table in the documentation. */
const FULL: Size = {
  hiddenSize: 128,
  numLayers: 2,
  vocabSize: 2048,
  pretrainingSteps: [4000, 1000],
  numEpochs: 10,
  numLabelled: 1000,
  numDraws: 5,
  mostRows: Infinity,
};
/** To see that everything runs. */
export const QUICK: Size = {
  hiddenSize: 32,
  numLayers: 1,
  vocabSize: 500,
  pretrainingSteps: [20, 10],
  numEpochs: 1,
  numLabelled: 32,
  numDraws: 2,
  mostRows: 64,
};

/** Texts to learn from. */
export interface Data {
  readonly train: readonly ClassifiedText[];
  readonly dev: readonly ClassifiedText[];
  /** About something else: read in pre-training only, with the text of the sentences to train on. */
  readonly otherTexts: readonly string[];
}

/** A line of the table. */
export interface Result {
  readonly model: string;
  readonly way: string;
  /** The mean of all draws. */
  readonly accuracy: number;
  readonly interval: ConfidenceInterval;
  /** How much better than from scratch, on the same sentences. Undefined from scratch. */
  readonly gain: Pick<PairedDifference, 'difference' | 'interval'> | undefined;
  readonly numTrainable: number;
  readonly numParameters: number;
  /** For one draw. */
  readonly seconds: number;
  /** Of what is saved, apart from the base. */
  readonly bytes: number;
}

/** What is trained and when, and the highest learning rate for each model. */
type Way = Pick<Settings, 'method' | 'schedule'> & {
  readonly rates: Readonly<Record<ModelName, number>>;
};
type ModelName = 'gpt' | 'bert';

/**
 * The rates are the best of up to three for each model, by the accuracy on 1,200 sentences of the first file that were set apart for that, with two other draws of
 * a thousand labels. From scratch had three, and more epochs besides.
 */
const FROM_SCRATCH: Way = { method: 'full', rates: { gpt: 2e-3, bert: 1e-3 } };
const WAYS: Readonly<Record<string, Way>> = {
  frozen: { method: 'head', rates: { gpt: 1e-2, bert: 1e-2 } },
  'head first': { method: 'full', schedule: 'head-first', rates: { gpt: 1e-3, bert: 1e-3 } },
  full: { method: 'full', rates: { gpt: 5e-4, bert: 1e-3 } },
  'gradual unfreezing': { method: 'full', schedule: 'gradual-unfreezing', rates: { gpt: 2e-3, bert: 2e-3 } },
  BitFit: { method: 'bitfit', rates: { gpt: 1e-2, bert: 3e-3 } },
  adapters: { method: 'adapter', rates: { gpt: 1e-2, bert: 2e-3 } },
  LoRA: { method: 'lora', rates: { gpt: 5e-3, bert: 2e-3 } },
  IA3: { method: 'ia3', rates: { gpt: 3e-2, bert: 1e-2 } },
  prefix: { method: 'prefix', rates: { gpt: 3e-2, bert: 1e-2 } },
  prompt: { method: 'prompt', rates: { gpt: 1e-2, bert: 1e-2 } },
  'P-tuning': { method: 'p-tuning', rates: { gpt: 1e-2, bert: 1e-2 } },
};

const MODELS = [
  ['gpt', newGpt],
  ['bert', newBert],
] as const;
const SEQUENCE_LENGTH = 64;
const BATCH_SIZE = 32;
const PRETRAINING_BATCH_SIZE = 32;
/** About 1 / sqrt(128). A narrow BERT that begins with the published 0.02 learns nothing but frequencies for thousands of steps; GPT begins likewise. */
const INITIALIZER_RANGE = 0.08;
/** While a task is learned. */
const DROPOUT = 0.1;
/** Models that have read so little have not learned to put a sentence into one token. */
const POOLING: ClassifierPooling = 'mean';
/** Of the tokens, for BERT. In so few steps more is learned from many targets than from few (Wettig et al. 2023). */
const MASKED_SHARE = 0.4;
const engine = onnxRuntimeEngine();
const key = RandomKey.fromSeed(2);

/** Pre-trains both models, teaches each in every way, and reports a result as soon as it is there. */
export async function compareMethods(data: Data, size: Size, report: (result: Result) => void): Promise<void> {
  const sentences = data.train.map(({ text }) => text);
  for (const [model, make] of MODELS) {
    const fresh = make(sentences, size);
    const scratch = await teach(fresh, data, { way: 'from scratch', size, ...settingsFor(model, FROM_SCRATCH) });
    report(resultOf(scratch, undefined));
    const pretrained = await pretrain(fresh, { sentences, otherTexts: data.otherTexts }, size);
    for (const [way, settings] of Object.entries(WAYS)) {
      report(resultOf(await teach(pretrained, data, { way, size, ...settingsFor(model, settings) }), scratch));
    }
    pretrained.dispose();
  }
}

type Settings = Pick<FineTuningOptions<unknown, unknown>, 'method' | 'schedule' | 'learningRate'>;

function settingsFor(model: ModelName, { rates, ...settings }: Way): Settings {
  return { ...settings, learningRate: rates[model] };
}

/** A model, and how it is pre-trained. */
interface Untrained extends BaseModel {
  /** Takes over its tensors. */
  readonly read: (stages: readonly Stage[]) => Promise<{ readonly model: Module; dispose(): void }>;
}

/** Texts to read for some time. */
interface Stage {
  readonly texts: readonly string[];
  readonly numSteps: number;
  /** The highest learning rate. */
  readonly peak: number;
}

function newBert(texts: readonly string[], { hiddenSize, numLayers, vocabSize }: Size): Untrained {
  const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  const tokenizer = trainWordPiece(texts, { vocabSize, specialTokens, lowercase: true });
  const sizes = { hiddenSize, numLayers, numHeads: 4, intermediateSize: 4 * hiddenSize };
  const preset = {
    ...bertTiny,
    ...sizes,
    vocabSize: tokenizer.vocabSize,
    maxPositions: SEQUENCE_LENGTH + 32,
    initializerRange: INITIALIZER_RANGE,
  };
  // Texts are read a few times only: nothing is dropped.
  const config = bertFamily.withSettings(preset, { dropout: 0 });
  const task = 'masked-language-modeling';
  const model = bertFamily.create(config, task, randomParameters(key.fold('bert')));
  const [padTokenId, , clsTokenId, sepTokenId, maskTokenId] = [0, 1, 2, 3, 4];
  const objective = maskedLanguageModeling({
    tokens: { padTokenId, clsTokenId, sepTokenId, maskTokenId },
    vocabSize: tokenizer.vocabSize,
    sequenceLength: SEQUENCE_LENGTH,
    maskedShare: MASKED_SHARE,
  });
  return {
    ...{ family: anyFamily(bertFamily), config, task, model, tokenizer },
    read: async (stages) => {
      const windows = { tokenizer, separatorId: sepTokenId, length: SEQUENCE_LENGTH - 2 };
      return readTexts<MaskedLanguageModel>(stages, { model, objective, windows });
    },
  };
}

function newGpt(texts: readonly string[], { hiddenSize, numLayers, vocabSize }: Size): Untrained {
  const endOfText = '<|endoftext|>';
  const tokenizer = trainByteLevelBpe(texts, { vocabSize, specialTokens: [endOfText] });
  const sizes = { hiddenSize, numLayers, numHeads: 4, intermediateSize: 4 * hiddenSize };
  const preset = {
    ...gptNano,
    ...sizes,
    vocabSize: tokenizer.vocabSize,
    maxPositions: SEQUENCE_LENGTH + 32,
    initializerRange: INITIALIZER_RANGE,
  };
  const config = gptFamily.withSettings(preset, { dropout: 0 });
  const task = 'causal-language-modeling';
  const model = gptFamily.create(config, task, randomParameters(key.fold('gpt')));
  return {
    ...{ family: anyFamily(gptFamily), config, task, model, tokenizer },
    read: async (stages) => {
      const windows = { tokenizer, separatorId: tokenizer.tokenToId(endOfText), length: SEQUENCE_LENGTH + 1 };
      return readTexts<CausalLanguageModel>(stages, { model, objective: causalLanguageModeling(), windows });
    },
  };
}

/** The same model after reading: first all texts, then, at a lower rate, what the task is about. Takes over its tensors. */
async function pretrain(
  fresh: Untrained,
  { sentences, otherTexts }: { readonly sentences: readonly string[]; readonly otherTexts: readonly string[] },
  { pretrainingSteps: [all, last] }: Size,
): Promise<BaseModel & { dispose(): void }> {
  const begin = performance.now();
  const pretrained = await fresh.read([
    { texts: [...otherTexts, ...sentences], numSteps: all, peak: 2e-3 },
    { texts: sentences, numSteps: last, peak: 1e-3 },
  ]);
  console.error(`${fresh.family.name}: pre-trained in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  return { ...fresh, ...pretrained };
}

/** How texts become examples: one after the other, cut anywhere, so that nothing is padded. */
interface Windows {
  readonly tokenizer: Tokenizer;
  readonly separatorId: number | undefined;
  /** In tokens. */
  readonly length: number;
}

async function readTexts<M extends Module>(
  [stage, ...later]: readonly Stage[],
  reader: { readonly model: M; readonly objective: Objective<ArrayLike<number>, M>; readonly windows: Windows },
): Promise<{ readonly model: M; dispose(): void }> {
  const { model, objective, windows } = reader;
  const { tokenizer, separatorId, length } = windows;
  if (stage === undefined)
    return {
      model,
      dispose: () => {
        disposeModule(model);
      },
    };
  const { texts, numSteps, peak } = stage;
  const stageKey = key.fold('pre-training').fold(later.length);
  const encode = (text: string): Int32Array => tokenizer.encodeToIds(text, { addSpecialTokens: false });
  const ids = await packTokens(texts, { encode, vocabSize: tokenizer.vocabSize, separatorId });
  const run = train<M, ArrayLike<number>, string>({
    model,
    objective,
    data: randomWindows(ids, { blockLength: length, key: stageKey.fold('windows') }),
    optimizer: adamw({ beta2: 0.99, weightDecay: 0.1 }),
    schedule: warmupCosine({ peak, floor: peak / 10, warmupSteps: numSteps / 20, numSteps }),
    numSteps,
    batchSize: PRETRAINING_BATCH_SIZE,
    clipNorm: 1,
    key: stageKey,
    engine,
  });
  for await (const { step, loss } of run) {
    if (step % 500 === 0) console.error(`pre-training, step ${String(step)}, loss ${loss.toFixed(3)}`);
  }
  // The run's tensors go with it.
  const parameters = Object.entries(parametersOf(run.model)).map(([name, tensor]) => [name, tensor.clone()] as const);
  const read = withParameters(run.model, Object.fromEntries(parameters));
  run.dispose();
  return readTexts(later, { ...reader, model: read });
}

/** What a model learned in one way. */
interface Taught extends Omit<Result, 'accuracy' | 'interval' | 'gain'> {
  /** Of each sentence of the test: in which share of the draws it is right. */
  readonly correct: readonly number[];
}

/** Teaches a model in one way, with each draw of labelled sentences, and tests it. The model stays as it was. */
async function teach(
  base: BaseModel,
  { train, dev }: Data,
  { way, size, ...settings }: Settings & { readonly way: string; readonly size: Size },
): Promise<Taught> {
  const { numEpochs, numLabelled, numDraws } = size;
  const correct = dev.map(() => 0);
  const measured = { seconds: 0, bytes: 0, numTrainable: 0, numParameters: 0 };
  for (let draw = 0; draw < numDraws; draw++) {
    const drawKey = key.fold('draw').fold(draw);
    const rows = Array.from(drawKey.fold('rows').permutation(train.length)).slice(0, numLabelled);
    const data = rows.flatMap((index) => train[index] ?? []);
    const options = {
      ...settings,
      task: classification,
      data,
      numEpochs,
      dropout: DROPOUT,
      pooling: POOLING,
      batchSize: BATCH_SIZE,
    };
    const begin = performance.now();
    const run = await finetune(base, { ...options, key: drawKey.fold('fine-tuning'), engine });
    for await (const { loss } of run) if (!Number.isFinite(loss)) throw new Error('The loss is no number.');
    measured.seconds += (performance.now() - begin) / 1000 / numDraws;
    const { predictions } = await evaluateModel(run.tuned, classification, dev, { engine });
    predictions.forEach(({ label }, index) => {
      if (label === dev[index]?.label) correct[index] = (correct[index] ?? 0) + 1 / numDraws;
    });
    Object.assign(measured, run.counts, { bytes: await bytesOf(run.tuned) });
    run.dispose();
  }
  return { model: base.family.name, way, correct, ...measured };
}

function resultOf({ correct, ...taught }: Taught, scratch: Taught | undefined): Result {
  const options = { key: key.fold('bootstrap') };
  return {
    ...taught,
    accuracy: mean(correct),
    interval: bootstrapInterval(correct, mean, options),
    gain: scratch === undefined ? undefined : pairedBootstrap(correct, scratch.correct, mean, options),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What would be written to disk. */
async function bytesOf(tuned: TunedModel): Promise<number> {
  const { adapter } = tuned;
  const files = adapter === undefined ? await pretrainedFiles(tuned) : await pretrainedAdapterFiles(adapter);
  let bytes = 0;
  for (const { name, chunks } of files) {
    if (name.endsWith('.safetensors')) for (const chunk of chunks) bytes += chunk.length;
  }
  return bytes;
}

/** The prose of the documentation comments in TypeScript's own library files: it is on the disk already. */
async function documentationComments(): Promise<string[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'lib');
  const names = (await readdir(folder)).filter((name) => /^lib\..*\.d\.ts$/.test(name)).toSorted();
  const comments = new Set<string>();
  for (const name of names) {
    const source = await readFile(join(folder, name), 'utf8');
    for (const [, comment = ''] of source.matchAll(/\/\*\*([\s\S]*?)\*\//g)) {
      const text = comment
        .replaceAll(/^\s*\*/gm, '')
        .replace(/@[\s\S]*/, '')
        .replaceAll(/\s+/g, ' ')
        .trim();
      if (text.length > 24) comments.add(text);
    }
  }
  return [...comments];
}

function line({ model, way, accuracy, interval, gain, numTrainable, numParameters, seconds, bytes }: Result): string {
  const percent = (share: number): string => (100 * share).toFixed(1);
  const range = ({ low, high }: ConfidenceInterval): string => `(${percent(low)} to ${percent(high)})`;
  const gained = gain === undefined ? '' : `${percent(gain.difference)} ${range(gain.interval)}`;
  const size = (bytes / 1000).toLocaleString('en-US', { maximumFractionDigits: 0 });
  const cells = [model, way, `${percent(accuracy)} ${range(interval)}`, gained, numTrainable.toLocaleString('en-US')];
  return `| ${[...cells, percent(numTrainable / numParameters), seconds.toFixed(1), size].join(' | ')} |`;
}

/** Prints the table as it grows. */
async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [trainFile, devFile] = positionals;
  if (trainFile === undefined || devFile === undefined) {
    console.error('usage: compare-methods TRAIN.tsv DEV.tsv [--quick], each line: sentence, tab, 1 or 0');
    process.exitCode = 2;
    return;
  }
  tf.enableProdMode();
  const size = values.quick === true ? QUICK : FULL;
  const columns = { columns: ['text', 'label'] };
  const train = (await readTaskData(classification, trainFile, columns)).slice(0, size.mostRows);
  const dev = (await readTaskData(classification, devFile, columns)).slice(0, size.mostRows);
  const comments = (await documentationComments()).slice(0, size.mostRows);
  console.log(
    '| model | way | accuracy, % (95 % interval) | against scratch | trained parameters | % | seconds | kB on disk |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  await compareMethods({ train, dev, otherTexts: comments }, size, (result) => {
    console.log(line(result));
  });
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
