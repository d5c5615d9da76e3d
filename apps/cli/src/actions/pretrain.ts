import { availableParallelism } from 'node:os';
import { checkpointParameters, parametersOf, randomParameters, RandomKey } from '@cloze/core';
import { readText } from '@cloze/datasets';
import { pretrainedFiles, toGenerationConfigJson, writeFolder, type GenerationSettings } from '@cloze/hub';
import { Tokenizer } from '@cloze/tokenizer';
import { adamw, warmupCosine } from '@cloze/training';
import type { Command } from 'commander';
import { createEngine, prepareTfjs } from '../engines.ts';
import { presetOf } from '../families.ts';
import { jsonReport } from '../pretrain/json-report.ts';
import type { PretrainingRecipe } from '../pretrain/recipe.ts';
import { RECIPES } from '../pretrain/recipes/index.ts';
import type { RunReport } from '../pretrain/report.ts';
import { PRETRAIN_RULES, pretrainSettings, type PretrainSettings } from '../pretrain/settings.ts';
import { terminalReport } from '../pretrain/terminal-report.ts';
import { trainingText } from '../pretrain/texts.ts';
import { tokenizerFor } from '../pretrain/tokenizer.ts';
import { resumableRun, type RunContext } from '../resumable-run.ts';
import { runSettings, settingsOfRun } from '../run-settings.ts';
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
  const { resume, fallback } = settings;
  await resumableRun({ out, resume, fallback, command: 'pretrain', report }, async (context) => {
    const { checkpoint } = context;
    const own = settingsOfRun(pretrainSettings, { settings, given }, { checkpoint, rules: PRETRAIN_RULES });
    await run({ ...own, out }, { ...context, report });
  });
}

async function run(
  settings: PretrainSettings & { readonly out: string },
  { folder, checkpoint, report, signal }: RunContext & { readonly report: RunReport },
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
        settings: runSettings(settings, PRETRAIN_RULES),
        files: {
          'config.json': jsonText(family.toConfigJson(config, task)),
          'generation_config.json': jsonText(toGenerationConfigJson(generation)),
          'tokenizer.json': tokenizer.toJson(),
        },
      }),
    },
    ...(checkpoint === undefined ? {} : { resume: checkpoint.resumePoint() }),
    signal,
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
