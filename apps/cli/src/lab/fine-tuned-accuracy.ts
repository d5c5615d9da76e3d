import {
  classification,
  evaluateModel,
  finetune,
  type BaseModel,
  type ClassifiedText,
  type FineTuningOptions,
} from '@cloze/tasks';

/** How a classifier is trained and measured. */
export type FineTunedAccuracyOptions = Pick<
  FineTuningOptions<ClassifiedText, unknown>,
  'method' | 'schedule' | 'learningRate' | 'numEpochs' | 'key' | 'engine'
> & {
  readonly train: readonly ClassifiedText[];
  readonly test: readonly ClassifiedText[];
  /** Tells the share of the steps that are done. Default: nobody is told. */
  readonly progress?: ((fraction: number) => void) | undefined;
};

/** What came of it. */
export interface FineTunedAccuracy {
  /** Of the test, in percent. */
  readonly accuracy: number;
  /** In percent of the parameters. */
  readonly trainedShare: number;
  readonly numTrained: number;
}

/** Fine-tunes a copy of a model to classify texts, and measures it. */
export async function fineTunedAccuracy(
  base: BaseModel,
  { train, test, progress, ...options }: FineTunedAccuracyOptions,
): Promise<FineTunedAccuracy> {
  const run = await finetune(base, { ...options, task: classification, data: train, batchSize: 16, dropout: 0.1 });
  for await (const { step } of run) progress?.(step / run.numSteps);
  const { metrics } = await evaluateModel(run.tuned, classification, test, { engine: options.engine });
  const { numTrainable, numParameters } = run.counts;
  run.dispose();
  return {
    accuracy: 100 * (metrics.accuracy?.value ?? NaN),
    trainedShare: (100 * numTrainable) / numParameters,
    numTrained: numTrainable,
  };
}
