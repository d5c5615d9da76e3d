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
  RandomKey,
  randomParameters,
  type CausalLanguageModel,
  type ClassifierPooling,
  type MaskedLanguageModel,
  type Module,
} from '@cloze/core';
import { packTokens, randomWindows, type ExampleSource } from '@cloze/datasets';
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
import { adamw, train, warmupCosine, type TrainingOptions } from '@cloze/training';
import * as tf from '@tensorflow/tfjs';

/** How much is done. */
export interface Size {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly vocabSize: number;
  readonly pretrainingSteps: number;
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
  pretrainingSteps: 8000,
  numEpochs: 20,
  numLabelled: 200,
  numDraws: 5,
  mostRows: Infinity,
};
/** To see that everything runs. */
export const QUICK: Size = {
  hiddenSize: 32,
  numLayers: 1,
  vocabSize: 500,
  pretrainingSteps: 20,
  numEpochs: 1,
  numLabelled: 32,
  numDraws: 2,
  mostRows: 64,
};

/** Texts to learn from. */
export interface Data {
  readonly train: readonly ClassifiedText[];
  readonly dev: readonly ClassifiedText[];
  readonly unlabelled: readonly string[];
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

type Way = Pick<FineTuningOptions<unknown, unknown>, 'method' | 'schedule' | 'learningRate'>;

/** From scratch. Not the best for 20 epochs: 1e-3 gave 57.6 % (GPT) and 58.0 % (BERT) where this gave 56.1 and 57.6. */
const SCRATCH_RATE = 2e-3;

/** The rates are round numbers that suit models of this size; one learning rate for all would be unfair to most. */
const WAYS: Readonly<Record<string, Way>> = {
  frozen: { method: 'head', learningRate: 1e-2 },
  'head first': { method: 'full', schedule: 'head-first', learningRate: 1e-3 },
  full: { method: 'full', learningRate: 1e-3 },
  'gradual unfreezing': { method: 'full', schedule: 'gradual-unfreezing', learningRate: 2e-3 },
  BitFit: { method: 'bitfit', learningRate: 1e-2 },
  adapters: { method: 'adapter', learningRate: 5e-3 },
  LoRA: { method: 'lora', learningRate: 5e-3 },
  IA3: { method: 'ia3', learningRate: 3e-2 },
  prefix: { method: 'prefix', learningRate: 1e-2 },
  prompt: { method: 'prompt', learningRate: 1e-2 },
  'P-tuning': { method: 'p-tuning', learningRate: 1e-2 },
};

const SEQUENCE_LENGTH = 64;
const BATCH_SIZE = 32;
const PRETRAINING_BATCH_SIZE = 32;
/** About 1 / sqrt(128). A narrow BERT that begins with the published 0.02 learns nothing but frequencies for thousands of steps. */
const INITIALIZER_RANGE = 0.08;
/** While a task is learned. */
const DROPOUT = 0.1;
/** Models that have read so little have not learned to put a sentence into one token. */
const POOLING: ClassifierPooling = 'mean';
/** Of the tokens, for BERT. In so few steps more is learned from many targets than from few (Wettig et al. 2023). */
const MASKED_SHARE = 0.4;
const engine = onnxRuntimeEngine();
const key = RandomKey.fromSeed(1);

/** Pre-trains both models, teaches each in every way, and reports a result as soon as it is there. */
export async function compareMethods(data: Data, size: Size, report: (result: Result) => void): Promise<void> {
  for (const make of [newGpt, newBert]) {
    const fresh = make(data.unlabelled, size);
    const scratch = await teach(fresh, data, { way: 'from scratch', size, method: 'full', learningRate: SCRATCH_RATE });
    report(resultOf(scratch, undefined));
    const pretrained = await pretrain(fresh, data.unlabelled, size);
    for (const [way, settings] of Object.entries(WAYS)) {
      report(resultOf(await teach(pretrained, data, { way, size, ...settings }), scratch));
    }
    pretrained.dispose();
  }
}

/** A model, and what it is pre-trained with. */
interface Untrained extends BaseModel {
  readonly tokenizer: Tokenizer;
  readonly train: (ids: readonly string[], options: PretrainingOptions) => Promise<ReturnType<typeof train>>;
}

type PretrainingOptions = Pick<
  TrainingOptions<Module, unknown>,
  'optimizer' | 'schedule' | 'numSteps' | 'batchSize' | 'clipNorm' | 'key' | 'engine'
>;

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
    train: async (lines, options) => {
      const data = await windowsOf(lines, { tokenizer, separatorId: sepTokenId, length: SEQUENCE_LENGTH - 2 });
      return train<MaskedLanguageModel, ArrayLike<number>, string>({ ...options, model, objective, data });
    },
  };
}

/** Texts one after the other, cut anywhere: no padding. */
async function windowsOf(
  lines: readonly string[],
  {
    tokenizer,
    separatorId,
    length,
  }: { readonly tokenizer: Tokenizer; readonly separatorId?: number | undefined; readonly length: number },
): Promise<ExampleSource<ArrayLike<number>>> {
  const encode = (text: string): Int32Array => tokenizer.encodeToIds(text, { addSpecialTokens: false });
  const ids = await packTokens(lines, { encode, vocabSize: tokenizer.vocabSize, separatorId });
  return randomWindows(ids, { blockLength: length, key: key.fold('windows') });
}

function newGpt(texts: readonly string[], { hiddenSize, numLayers, vocabSize }: Size): Untrained {
  const endOfText = '<|endoftext|>';
  const tokenizer = trainByteLevelBpe(texts, { vocabSize, specialTokens: [endOfText] });
  const sizes = { hiddenSize, numLayers, numHeads: 4, intermediateSize: 4 * hiddenSize };
  const preset = { ...gptNano, ...sizes, vocabSize: tokenizer.vocabSize, maxPositions: SEQUENCE_LENGTH + 32 };
  const config = gptFamily.withSettings(preset, { dropout: 0 });
  const task = 'causal-language-modeling';
  const model = gptFamily.create(config, task, randomParameters(key.fold('gpt')));
  return {
    ...{ family: anyFamily(gptFamily), config, task, model, tokenizer },
    train: async (lines, options) => {
      const separatorId = tokenizer.tokenToId(endOfText);
      const data = await windowsOf(lines, { tokenizer, separatorId, length: SEQUENCE_LENGTH + 1 });
      const objective = causalLanguageModeling();
      return train<CausalLanguageModel, ArrayLike<number>, string>({ ...options, model, objective, data });
    },
  };
}

/** The same model after reading unlabelled texts; takes over its tensors. */
async function pretrain(
  fresh: Untrained,
  texts: readonly string[],
  { pretrainingSteps }: Size,
): Promise<BaseModel & { dispose(): void }> {
  const run = await fresh.train(texts, {
    optimizer: adamw({ beta2: 0.99, weightDecay: 0.1 }),
    schedule: warmupCosine({ peak: 2e-3, floor: 2e-4, warmupSteps: pretrainingSteps / 20, numSteps: pretrainingSteps }),
    numSteps: pretrainingSteps,
    batchSize: PRETRAINING_BATCH_SIZE,
    clipNorm: 1,
    key: key.fold('pretraining'),
    engine,
  });
  const begin = performance.now();
  for await (const { step, loss } of run) {
    if (step % 500 === 0) console.error(`${fresh.family.name}: pre-training, step ${step}, loss ${loss.toFixed(3)}`);
  }
  console.error(`${fresh.family.name}: pre-trained in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  const dispose = (): void => {
    run.dispose();
  };
  return { ...fresh, model: run.model, dispose };
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
  { way, size, ...settings }: Way & { readonly way: string; readonly size: Size },
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
  const unlabelled = [...comments, ...train.map(({ text }) => text)];
  const data = { train, dev, unlabelled };
  console.log(
    '| model | way | accuracy, % (95 % interval) | against scratch | trained parameters | % | seconds | kB on disk |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  await compareMethods(data, size, (result) => {
    console.log(line(result));
  });
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
