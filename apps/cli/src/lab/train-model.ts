import type { Module, RandomKey } from '@cloze/core';
import { packTokens, randomWindows, type ExampleSource } from '@cloze/datasets';
import { adamw, train, warmupCosine, type TrainingOptions } from '@cloze/training';
import type { Tokenizer } from '@cloze/tokenizer';
import type { LabModel } from './small-models.ts';

/** How a model of the lab is trained. */
export type TrainModelOptions<M extends Module, Example, Field extends string> = Pick<
  TrainingOptions<M, Example, Field>,
  'objective' | 'data' | 'numSteps' | 'batchSize' | 'key' | 'engine' | 'trainable'
> & {
  /** The highest learning rate. Default: 1e-3. */
  readonly learningRate?: number | undefined;
  /** Tells the share of the steps that are done. Default: nobody is told. */
  readonly progress?: ((fraction: number) => void) | undefined;
};

/**
 * Trains a model with AdamW and a cosine schedule.
 *
 * @param start its tensors are taken over; a second run needs a second model, which the same key makes equal.
 */
export async function trainModel<M extends Module, Example, Field extends string>(
  start: LabModel<M>,
  { learningRate: peak = 1e-3, progress, ...options }: TrainModelOptions<M, Example, Field>,
): Promise<LabModel<M>> {
  const { numSteps } = options;
  const run = train<M, Example, Field>({
    ...options,
    model: start.model,
    optimizer: adamw({ beta2: 0.99, weightDecay: 0.1 }),
    schedule: warmupCosine({ peak, floor: peak / 10, warmupSteps: Math.ceil(numSteps / 20), numSteps }),
    clipNorm: 1,
  });
  for await (const { step } of run) progress?.(step / numSteps);
  return {
    ...start,
    model: run.model,
    dispose: () => {
      run.dispose();
    },
  };
}

/** Texts one after the other, cut anywhere into pieces of one length, drawn at random: no padding. */
export async function windowsOf(
  texts: readonly string[],
  tokenizer: Tokenizer,
  {
    length,
    separatorId,
    key,
  }: { readonly length: number; readonly separatorId: number | undefined; readonly key: RandomKey },
): Promise<ExampleSource<ArrayLike<number>>> {
  const encode = (text: string): Int32Array => tokenizer.encodeToIds(text, { addSpecialTokens: false });
  const ids = await packTokens(texts, { encode, vocabSize: tokenizer.vocabSize, separatorId });
  return randomWindows(ids, { blockLength: length, key });
}
