import {
  disposeModule,
  type CheckpointNames,
  type ClassifierPooling,
  type HostTensors,
  type Module,
  type RandomKey,
} from '@cloze/core';
import type { Engine } from '@cloze/jit';
import { countParameters, type AdaptedModel, type MethodName, type ParameterCounts } from '@cloze/peft';
import {
  adamw,
  type CheckpointOptions,
  type EarlyStopping,
  type PhaseReport,
  type ResumePoint,
  type Training,
  type TrainingEvent,
} from '@cloze/training';
import type { BaseModel } from './base-model.ts';
import { defaultLearningRate } from './learning-rates.ts';
import { phasesOf, type ScheduleName } from './schedules.ts';
import type { Metrics, ModelTask, Predictor, Task, TaskPlan } from './task.ts';
import type { TrainedPart } from './trained-part.ts';

/** A fine-tuning run. */
export interface FineTuningOptions<Row, Prediction> {
  readonly task: Task<Row, Prediction>;
  /** Rows, or the path of a data file that `readTaskData` reads without further options. */
  readonly data: readonly Row[] | string;
  /** Rows that are not trained on, measured once per epoch. Default: none. */
  readonly validation?: readonly Row[] | string | undefined;
  /** What is trained. Default: `full`, everything. */
  readonly method?: MethodName | undefined;
  /** When which parameters are trained. Default: `full`, all from the beginning. */
  readonly schedule?: ScheduleName | undefined;
  /** Passes over the data. Default 3. */
  readonly numEpochs?: number | undefined;
  /** Examples per update. Default 16. */
  readonly batchSize?: number | undefined;
  /** The highest one. Default: see `defaultLearningRate`. */
  readonly learningRate?: number | undefined;
  /** Of AdamW. Default 0.01. */
  readonly weightDecay?: number | undefined;
  /** Of all layers. Default: as the configuration of the model says. */
  readonly dropout?: number | undefined;
  /**
   * What is classified of a sequence, with BERT and GPT: the state of `[CLS]` or of the last token, or the mean of all, which may
   * serve small models better that never learned to put a whole text into one token. Default: as the configuration of the model says, one token as published.
   */
  readonly pooling?: ClassifierPooling | undefined;
  /** In tokens. Default: as long as the data needs, up to 512 and the positions of the model. */
  readonly maxLength?: number | undefined;
  /** Evaluations without improvement that end the run. Default: the run has all its epochs. */
  readonly earlyStopping?: EarlyStopping | undefined;
  /** The source of everything random: the head, the order of the data, dropout. */
  readonly key: RandomKey;
  readonly engine: Engine;
  /** Where checkpoints go, given how their tensors are called. */
  readonly checkpoints?: ((names: CheckpointNames, tuned: TunedModel) => CheckpointOptions) | undefined;
  /** A checkpoint of the same run. */
  readonly resume?: { readonly model: HostTensors; resumePoint(): ResumePoint } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What happened in one step. */
export interface FineTuningEvent extends TrainingEvent {
  /** Until the last step, at the speed so far. */
  readonly secondsLeft: number;
  /** What the task measures on the validation rows, with intervals. Only after an evaluation. Only shares have intervals; `evaluateModel` has them all. */
  readonly validation?: Metrics;
}

/** A model that was fine-tuned. */
export interface TunedModel extends BaseModel {
  readonly labels: readonly string[];
  /** With methods that train little: what is to be saved. `model` is its model. */
  readonly adapter?: AdaptedModel | undefined;
}

/** A run under way: iterate over it once. */
export interface FineTuning<Row, Prediction> extends AsyncIterable<FineTuningEvent> {
  readonly labels: readonly string[];
  readonly numExamples: number;
  readonly numSteps: number;
  readonly learningRate: number;
  readonly phases: readonly PhaseReport[];
  readonly counts: ParameterCounts;
  /** The task for this model, for predictions. */
  readonly modelTask: ModelTask<Row, Prediction>;
  /** The model as it is now. Its tensors belong to the run. */
  readonly tuned: TunedModel;
  /** Frees everything but the base. */
  dispose(): void;
}

/** What holds where nothing else is said. */
export const DEFAULTS = {
  method: 'full',
  schedule: 'full',
  numEpochs: 3,
  batchSize: 16,
  weightDecay: 0.01,
} as const;
/** Largest global norm of the gradients, as in BERT. */
const CLIP_NORM = 1;

/** A run whose data and model are ready. */
export interface TuningParts<Row, Prediction> {
  /** Owned by the run. */
  readonly tuned: TunedModel;
  readonly part: TrainedPart;
  readonly plan: TaskPlan;
  readonly modelTask: ModelTask<Row, Prediction>;
  readonly validation: readonly Row[];
  /** The model without an adapter, whose head the adapter has a copy of. */
  readonly owned: Module;
}

/** Begins a run. @throws {ClozeError} when settings do not go together. */
export function tuningRun<Row, Prediction>(
  { tuned, part, plan, modelTask, validation, owned }: TuningParts<Row, Prediction>,
  options: FineTuningOptions<Row, Prediction>,
): FineTuning<Row, Prediction> {
  const { model, trainable, names, adapter } = part;
  const { method = DEFAULTS.method, schedule = DEFAULTS.schedule, numEpochs = DEFAULTS.numEpochs } = options;
  const { batchSize = DEFAULTS.batchSize, weightDecay = DEFAULTS.weightDecay, key, engine, resume } = options;
  const counts = countParameters(model, trainable);
  const { learningRate = defaultLearningRate(method, counts.numParameters) } = options;
  const stepsPerEpoch = Math.ceil(plan.numExamples / batchSize);
  const phases = phasesOf(schedule, part, { numEpochs, stepsPerEpoch, learningRate });
  const numSteps = phases.reduce((sum, phase) => sum + phase.numSteps, 0);
  const watch = new ValidationWatch(modelTask, { model, rows: validation, engine });
  const resumePoint = resume?.resumePoint();
  const training = plan.train({
    model,
    trainable,
    phases,
    optimizer: adamw({ weightDecay }),
    clipNorm: CLIP_NORM,
    key: key.fold('training'),
    engine,
    validation: {
      every: stepsPerEpoch,
      measure: (current) => watch.measure(current),
      earlyStopping: options.earlyStopping,
    },
    checkpoints: options.checkpoints?.(names, tuned),
    resume: resumePoint,
    signal: options.signal,
  });
  return {
    numExamples: plan.numExamples,
    numSteps,
    learningRate,
    counts,
    modelTask,
    labels: tuned.labels,
    phases: training.phases,
    get tuned() {
      const { model: current } = training;
      return { ...tuned, model: current, ...(adapter && { adapter: { ...adapter, model: current } }) };
    },
    [Symbol.asyncIterator]: () => eventsOf(training, { watch, numSteps, firstStep: resumePoint?.step ?? 0 }),
    dispose: () => {
      training.dispose();
      watch.dispose();
      disposeModule(owned);
    },
  };
}

async function* eventsOf(
  training: Training<Module>,
  {
    watch,
    numSteps,
    firstStep,
  }: {
    readonly watch: { readonly metrics: Metrics | undefined };
    readonly numSteps: number;
    readonly firstStep: number;
  },
): AsyncGenerator<FineTuningEvent, void, void> {
  const begin = performance.now();
  for await (const event of training) {
    const secondsPerStep = (performance.now() - begin) / 1000 / (event.step - firstStep);
    yield {
      ...event,
      secondsLeft: secondsPerStep * (numSteps - event.step),
      ...(event.validationLoss !== undefined && watch.metrics && { validation: watch.metrics }),
    };
  }
}

/** Measures the model on the validation rows as the task does, and remembers the intervals. */
class ValidationWatch<Row, Prediction> {
  readonly #modelTask: ModelTask<Row, Prediction>;
  readonly #rows: readonly Row[];
  readonly #predictor: Predictor<Row, Prediction>;
  metrics: Metrics | undefined;

  constructor(
    modelTask: ModelTask<Row, Prediction>,
    { model, rows, engine }: { readonly model: Module; readonly rows: readonly Row[]; readonly engine: Engine },
  ) {
    this.#modelTask = modelTask;
    this.#rows = rows;
    this.#predictor = modelTask.predictor(model, { engine });
  }

  async measure(model: Module): Promise<Readonly<Record<string, number>>> {
    const predictions = await this.#predictor.predict(model, this.#rows);
    this.metrics = this.#modelTask.metrics(this.#rows, predictions);
    return Object.fromEntries(Object.entries(this.metrics).map(([name, { value }]) => [name, value]));
  }

  dispose(): void {
    this.#predictor.dispose();
  }
}
