import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { disposeModule, RandomKey } from '@cloze/core';
import {
  loadPretrained,
  pretrainedAdapterFiles,
  pretrainedFiles,
  writeFolder,
  type FileContent,
  type Pretrained,
} from '@cloze/hub';
import { evaluateModel, finetune as finetuneModel, readTaskData, type FineTuning, type TunedModel } from '@cloze/tasks';
import type { Command } from 'commander';
import { createEngine, prepareTfjs } from '../engines.ts';
import { FAMILIES } from '../families.ts';
import { jsonTuningReport } from '../finetune/json-report.ts';
import type { TuningReport } from '../finetune/report.ts';
import { FINETUNE_RULES, finetuneSettings, type FinetuneSettings } from '../finetune/settings.ts';
import { terminalTuningReport } from '../finetune/terminal-report.ts';
import { resumableRun, type RunContext } from '../resumable-run.ts';
import { modelFolder } from '../run-folder.ts';
import { runSettings, settingsOfRun } from '../run-settings.ts';
import { readSettings } from '../settings.ts';
import { parseColumns } from '../tasks/columns.ts';
import { TASKS, type AnyTask } from '../tasks/task-names.ts';
import { UsageError } from '../usage-error.ts';

/** `cloze finetune`. */
export async function finetune(command: Command): Promise<void> {
  const given = await readSettings(command, finetuneSettings);
  const { settings } = given;
  prepareTfjs();
  const report = settings.json ? jsonTuningReport(process.stdout) : terminalTuningReport(process.stdout);
  const out = settings.out ?? defaultFolder(settings);
  const { resume, fallback } = settings;
  // What is wrong with a new run is told before its folder is made.
  const prepared = resume ? undefined : await prepare(complete(settings));
  await resumableRun({ out, resume, fallback, command: 'finetune', report }, async (context) => {
    const own = complete(
      settingsOfRun(finetuneSettings, given, { checkpoint: context.checkpoint, rules: FINETUNE_RULES }),
    );
    await run({ ...own, out }, { ...context, report, ...(prepared ?? (await prepare(own))) });
  });
}

/** Settings that say what is to be done. */
type CompleteSettings = FinetuneSettings & { readonly model: string; readonly task: string; readonly data: string };

function complete({ model, task, data, ...others }: FinetuneSettings): CompleteSettings {
  const missing = Object.entries({ model, task, data }).find(([, value]) => value === undefined);
  if (model !== undefined && task !== undefined && data !== undefined) return { ...others, model, task, data };
  throw new UsageError({
    message: `--${missing?.[0] ?? 'model'} is required.`,
    hint: 'See cloze finetune --help, or go on with a run: --resume --out FOLDER.',
  });
}

/** `runs/bert-tiny-classification`. */
function defaultFolder({ model = 'model', task = 'task' }: FinetuneSettings): string {
  return `runs/${basename(model)}-${task}`;
}

interface Prepared {
  readonly base: Pretrained;
  readonly task: AnyTask;
  readonly rows: { readonly training: readonly unknown[]; readonly validation: readonly unknown[] };
}

/** Reads and checks data and model. */
async function prepare(settings: CompleteSettings): Promise<Prepared> {
  const task = TASKS[settings.task];
  if (task === undefined) throw new UsageError({ message: 'There is no such task.', hint: 'See --help.' });
  const columns = parseColumns(settings.columns);
  const rows = await readTaskData(task, settings.data, columns);
  const given = settings.validation === undefined ? undefined : await readTaskData(task, settings.validation, columns);
  const base = await loadPretrained(FAMILIES, await modelFolder(settings.model), { allowUnexpected: () => true });
  return { base, task, rows: given === undefined ? split(rows, settings) : { training: rows, validation: given } };
}

/** Some rows, drawn by the seed, are kept from training. */
function split(rows: readonly unknown[], { validationFraction, seed }: FinetuneSettings): Prepared['rows'] {
  const numValidation = Math.floor(rows.length * validationFraction);
  const order = Array.from(RandomKey.fromSeed(seed).fold('split').permutation(rows.length));
  return {
    training: order.slice(numValidation).map((index) => rows[index]),
    validation: order.slice(0, numValidation).map((index) => rows[index]),
  };
}

async function run(
  settings: CompleteSettings & { readonly out: string },
  { base, task, rows, folder, checkpoint, signal, report }: Prepared & RunContext & { readonly report: TuningReport },
): Promise<void> {
  const started = performance.now();
  const { out, method, schedule, epochs, batchSize, seed, patience } = settings;
  const engine = createEngine(settings.engine, { threads: settings.threads });
  const key = RandomKey.fromSeed(seed);
  const tuning = await finetuneModel(base, {
    task,
    data: rows.training,
    validation: rows.validation,
    method,
    schedule,
    numEpochs: epochs,
    batchSize,
    maxLength: settings.maxLength,
    learningRate: settings.learningRate,
    weightDecay: settings.weightDecay,
    dropout: settings.dropout,
    pooling: settings.pooling,
    earlyStopping: patience === undefined ? undefined : { patience },
    key,
    engine,
    checkpoints: (names, tuned) => ({
      every: settings.checkpointEvery,
      store: folder.store({ names, settings: runSettings(settings, FINETUNE_RULES), files: checkpointFiles(tuned) }),
    }),
    resume: checkpoint,
    signal,
  });
  disposeModule(base.model);
  try {
    const firstStep = checkpoint?.state.step ?? 0;
    report.start(startOf(settings, { base, rows, tuning, firstStep }));
    let step = firstStep;
    for await (const event of tuning) {
      step = event.step;
      report.step(event);
    }
    const { tuned } = tuning;
    const hasValidation = rows.validation.length > 0;
    const { metrics } = hasValidation
      ? await evaluateModel(tuned, task, rows.validation, { engine, key })
      : { metrics: {} };
    await writeFolder(out, await resultFiles(tuned, settings));
    const seconds = (performance.now() - started) / 1000;
    report.end({ step, out, seconds, metrics, next: nextCommand(settings, tuned) });
  } finally {
    tuning.dispose();
  }
}

/** A checkpoint is a model folder where all of the model is trained; otherwise it only serves to go on. */
function checkpointFiles({ tokenizer, configJson, adapter }: TunedModel): Record<string, string> {
  return {
    ...(tokenizer !== undefined && { 'tokenizer.json': tokenizer.toJson() }),
    ...(adapter === undefined && { 'config.json': `${JSON.stringify(configJson, undefined, 2)}\n` }),
  };
}

/** A model, or an adapter with the tokenizer and the configuration that it is to be used with. */
async function resultFiles(tuned: TunedModel, { model }: CompleteSettings): Promise<FileContent[]> {
  const { adapter, configJson, tokenizer } = tuned;
  if (adapter === undefined) return pretrainedFiles(tuned);
  const tokenizerJson = { name: 'tokenizer.json', chunks: [new TextEncoder().encode(tokenizer?.toJson() ?? '')] };
  return [...(await pretrainedAdapterFiles(adapter, { baseModel: model, configJson })), tokenizerJson];
}

function startOf(
  settings: CompleteSettings & { readonly out: string },
  {
    base,
    rows,
    tuning,
    firstStep,
  }: Pick<Prepared, 'base' | 'rows'> & { readonly tuning: FineTuning<unknown, unknown>; readonly firstStep: number },
): Parameters<TuningReport['start']>[0] {
  return {
    model: settings.model,
    family: base.family.name,
    task: settings.task,
    labels: tuning.labels,
    method: settings.method,
    schedule: settings.schedule,
    phases: tuning.phases,
    ...tuning.counts,
    numTrainingRows: rows.training.length,
    numValidationRows: rows.validation.length,
    dataDescription: settings.data,
    numEpochs: settings.epochs,
    batchSize: settings.batchSize,
    learningRate: tuning.learningRate,
    numSteps: tuning.numSteps,
    firstStep,
    engine: settings.engine,
    threads: settings.threads ?? availableParallelism(),
    seed: settings.seed,
    out: settings.out,
  };
}

/** Shows what the result can do. */
function nextCommand(
  { model, out, task }: CompleteSettings & { readonly out: string },
  { adapter }: TunedModel,
): string {
  const place = adapter === undefined ? `--model ${out}` : `--model ${model} --adapter ${out}`;
  const commands: Readonly<Record<string, string>> = {
    'question-answering': `cloze answer ${place} --context "Some text." "A question?"`,
    'language-modeling': `cloze generate ${place} "The"`,
    'text-to-text': `cloze generate ${place} "Some text."`,
    'multiple-choice': `cloze evaluate ${place} --data FILE`,
    pair: `cloze classify ${place} "Some text." --pair "Another one."`,
  };
  return commands[task] ?? `cloze classify ${place} "Some text."`;
}
