import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { checkpointParameters, ClozeError, parametersOf, randomParameters, RandomKey } from '@cloze/core';
import { readText } from '@cloze/datasets';
import { pretrainedFiles, toGenerationConfigJson, writeFolder, type GenerationSettings } from '@cloze/hub';
import { Tokenizer } from '@cloze/tokenizer';
import { adamw, CheckpointFolder, checkpointNames, warmupCosine, type LoadedCheckpoint } from '@cloze/training';
import type { Command } from 'commander';
import { createEngine, prepareTfjs } from '../engines.ts';
import { presetOf } from '../families.ts';
import { Interrupt, StoppedError } from '../interrupt.ts';
import { jsonReport } from '../pretrain/json-report.ts';
import type { PretrainingRecipe } from '../pretrain/recipe.ts';
import { RECIPES } from '../pretrain/recipes/index.ts';
import type { RunReport } from '../pretrain/report.ts';
import { differingSettings, pretrainSettings, runSettings, type PretrainSettings } from '../pretrain/settings.ts';
import { terminalReport } from '../pretrain/terminal-report.ts';
import { trainingText } from '../pretrain/texts.ts';
import { tokenizerFor } from '../pretrain/tokenizer.ts';
import { readSettings } from '../settings.ts';
import { formatCount } from '../terminal/format.ts';
import { UsageError } from '../usage-error.ts';

/** `cloze pretrain`. */
export async function pretrain(command: Command): Promise<void> {
  const { settings, given } = await readSettings(command, pretrainSettings);
  prepareTfjs();
  checkBeforehand(settings);
  for (const file of settings.data ?? []) await beginningOf(readText(file));
  const report = settings.json ? jsonReport(process.stdout) : terminalReport(process.stdout);
  const out = settings.out ?? `runs/${settings.family}-${presetNameOf(settings)}`;
  const interrupt = new Interrupt(() => {
    report.note('Stopping after this step. Once more to leave at once, without saving.');
  });
  try {
    const folder = await CheckpointFolder.open(out);
    try {
      const checkpoint = await checkpointToResume(folder, settings, report);
      await run({ ...settingsOfRun(settings, given, checkpoint), out }, { folder, checkpoint, report, interrupt });
    } finally {
      await folder.close();
    }
  } catch (error) {
    report.close();
    if (!(error instanceof ClozeError) || error.code !== 'CANCELLED') throw error;
    throw new StoppedError({
      exitCode: interrupt.exitCode,
      message: error.details.message,
      hint:
        error.file === undefined
          ? 'Nothing was saved yet; start it again.'
          : `Saved. Go on with: cloze pretrain --resume --out ${out}`,
      step: error.step,
    });
  } finally {
    interrupt.close();
  }
}

interface RunContext {
  readonly folder: CheckpointFolder;
  readonly checkpoint: LoadedCheckpoint | undefined;
  readonly report: RunReport;
  readonly interrupt: Interrupt;
}

async function run(
  settings: PretrainSettings & { readonly out: string },
  { folder, checkpoint, report, interrupt }: RunContext,
): Promise<void> {
  const started = performance.now();
  const { out } = settings;
  const recipe: PretrainingRecipe = RECIPES[settings.family];
  const { family, task } = recipe;
  const presetName = presetNameOf(settings);
  const preset = presetOf(family, presetName);
  const sequenceLength = settings.sequenceLength ?? defaultSequenceLength(settings);
  const key = RandomKey.fromSeed(settings.seed);

  const text = await trainingText(settings.data);
  const saved = checkpoint?.files.get('tokenizer.json');
  const { tokenizers: trainers } = recipe;
  const { tokenizer: kind = Object.keys(trainers)[0] ?? '', vocabSize = recipe.vocabSize } = settings;
  const tokenizer =
    saved === undefined ? await tokenizerFor({ kind, trainers, vocabSize }, text) : Tokenizer.fromJson(saved);
  const { validationFraction } = settings;
  const plan = await recipe.prepare({ text, tokenizer, sequenceLength, validationFraction, key: key.fold('data') });

  const config = family.withSettings(preset, {
    vocabSize: tokenizer.vocabSize,
    dropout: settings.dropout,
    ...plan.settings,
  });
  const names = family.checkpointNames(config, task);
  const source =
    checkpoint === undefined
      ? randomParameters(key.fold('parameters'))
      : checkpointParameters(checkpoint.model, names, { file: checkpoint.path });
  const model = family.create(config, task, source);
  const numParameters = Object.values(parametersOf(model)).reduce((sum, { size }) => sum + size, 0);
  const { eosTokenId } = plan.settings;
  const generation: GenerationSettings = { eosTokenIds: eosTokenId === undefined ? [] : [eosTokenId] };

  const firstStep = checkpoint?.state.step ?? 0;
  const {
    steps,
    stopAfter = Infinity,
    beta1,
    beta2,
    weightDecay,
    learningRate,
    minLearningRate,
    warmupSteps,
  } = settings;
  const schedule = {
    peak: learningRate,
    floor: minLearningRate ?? learningRate / 10,
    warmupSteps: Math.min(warmupSteps, steps),
    numSteps: steps,
  };
  const training = plan.train({
    model,
    optimizer: adamw({ beta1, beta2, weightDecay }),
    schedule: warmupCosine(schedule),
    numSteps: Math.min(steps, firstStep + stopAfter),
    batchSize: settings.batchSize,
    accumulationSteps: settings.gradientAccumulation,
    ...(settings.clip === 0 ? {} : { clipNorm: settings.clip }),
    key,
    engine: createEngine(settings.engine, { threads: settings.threads }),
    evaluateEvery: settings.evaluateEvery,
    checkpoints: {
      every: settings.checkpointEvery,
      store: folder.store({
        names,
        settings: runSettings(settings),
        files: {
          'config.json': jsonText(family.toConfigJson(config, task)),
          'generation_config.json': jsonText(toGenerationConfigJson(generation)),
          'tokenizer.json': tokenizer.toJson(),
        },
      }),
    },
    ...(checkpoint === undefined ? {} : { resume: checkpoint.resumePoint() }),
    signal: interrupt.signal,
  });
  try {
    report.start({
      family: settings.family,
      preset: presetName,
      out,
      numParameters,
      vocabSize: tokenizer.vocabSize,
      dataDescription: text.description,
      tokenizerDescription: describeTokenizer(kind, tokenizer),
      numTrainingTokens: plan.numTraining,
      numValidationTokens: plan.numValidation,
      unigramEntropy: plan.unigramEntropy,
      sequenceLength,
      batchSize: settings.batchSize,
      gradientAccumulation: settings.gradientAccumulation,
      numSteps: steps,
      firstStep,
      engine: settings.engine,
      threads: settings.threads ?? availableParallelism(),
      seed: settings.seed,
    });
    let step = firstStep;
    for await (const event of training) {
      step = event.step;
      report.step(event);
    }
    const isComplete = step === steps;
    if (isComplete) {
      const parts = { family, config, task, model: training.model, tokenizer, generation };
      await writeFolder(out, await pretrainedFiles(parts));
    }
    const next = isComplete ? recipe.next(out) : `cloze pretrain --resume --out ${out}`;
    report.end({ step, out, isComplete, seconds: (performance.now() - started) / 1000, next });
  } finally {
    training.dispose();
  }
}

/** The checkpoint that a run goes on from; none for a new run. */
async function checkpointToResume(
  folder: CheckpointFolder,
  { resume, fallback }: PretrainSettings,
  report: RunReport,
): Promise<LoadedCheckpoint | undefined> {
  const names = await readdir(folder.path);
  const isNew = checkpointNames(names).length === 0 && !names.includes('config.json');
  if (!resume && isNew) return undefined;
  if (!resume) {
    throw new UsageError({
      message: `The folder ${folder.path} holds a run already.`,
      hint: `Go on with it (--resume), or choose another folder (--out).`,
    });
  }
  const found = await folder.latest({ fallback });
  for (const { message } of found?.skipped ?? []) report.note(`Passed over a damaged checkpoint. ${message}`);
  if (found === undefined) report.note('There is no checkpoint yet: the run begins at the beginning.');
  else report.note(`Going on from ${found.checkpoint.path}, step ${formatCount(found.checkpoint.state.step)}.`);
  return found?.checkpoint;
}

/** The settings of the checkpoint, with those that may change taken from the command line. */
function settingsOfRun(
  settings: PretrainSettings,
  given: ReadonlySet<string>,
  checkpoint: LoadedCheckpoint | undefined,
): PretrainSettings {
  if (checkpoint === undefined) return settings;
  const saved = checkpoint.state.settings;
  const [different] = differingSettings(given, settings, saved);
  if (different !== undefined) {
    throw new UsageError({
      message: `A resumed run keeps its settings: ${different} was ${JSON.stringify(saved[different] ?? null)}, got ${JSON.stringify(settings[different as keyof PretrainSettings])}.`,
      hint: 'Leave it out, or start a new run in another folder.',
    });
  }
  const free = Object.fromEntries(Object.entries(settings).filter(([name]) => !(name in saved) || given.has(name)));
  const result = pretrainSettings.safeParse({ ...saved, ...free });
  if (result.success) return result.data;
  throw new ClozeError('CHECKPOINT_CORRUPT', {
    message: 'The settings in the checkpoint must be those of a run; they are not.',
    hint: 'Start a new run in another folder.',
    file: checkpoint.path,
    cause: result.error,
  });
}

/** What can be told to be wrong before anything is written. */
function checkBeforehand(settings: PretrainSettings): void {
  const { family } = RECIPES[settings.family];
  const preset = presetNameOf(settings);
  const { maxPositions } = family.limits(presetOf(family, preset));
  const { sequenceLength = defaultSequenceLength(settings) } = settings;
  if (sequenceLength > maxPositions) {
    const larger = Object.entries(family.presets).find(
      ([, preset]) => family.limits(preset).maxPositions >= sequenceLength,
    );
    throw new UsageError({
      message: `--sequence-length must be at most ${maxPositions}, the positions of the preset ${preset}, got ${sequenceLength}.`,
      hint:
        larger === undefined
          ? 'Shorten the sequences.'
          : `Shorten the sequences, or take a preset with more positions, as ${larger[0]}.`,
    });
  }
  if (settings.minLearningRate !== undefined && settings.minLearningRate > settings.learningRate) {
    throw new UsageError({
      message: `--min-learning-rate must be at most --learning-rate (${settings.learningRate}), got ${settings.minLearningRate}.`,
      hint: 'Lower it, or leave it out.',
    });
  }
}

/** Reads the first piece only: a file that is missing or no text should be told before anything is made. */
async function beginningOf(pieces: AsyncIterable<string>): Promise<string | undefined> {
  for await (const piece of pieces) return piece;
  return undefined;
}

function defaultSequenceLength(settings: PretrainSettings): number {
  const { family, sequenceLength } = RECIPES[settings.family];
  return Math.min(sequenceLength, family.limits(presetOf(family, presetNameOf(settings))).maxPositions);
}

function presetNameOf({ family, preset }: PretrainSettings): string {
  return preset ?? RECIPES[family].preset;
}

function describeTokenizer(kind: string, { vocabSize }: Tokenizer): string {
  if (kind === 'characters') return `one per character, ${formatCount(vocabSize)} different ones`;
  return `${kind === 'bpe' ? 'byte-level BPE' : kind}, ${formatCount(vocabSize)} in the vocabulary`;
}

function jsonText(json: Record<string, unknown>): string {
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
