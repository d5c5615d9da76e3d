import { ClozeError, type ParameterMap } from '@cloze/core';
import type { DataCursor } from '@cloze/datasets';
import type * as tf from '@tensorflow/tfjs';
import type { CommittedCheckpoint } from './snapshot.ts';
import type { UpdateReport } from './training-session.ts';

/** A run that was stopped from outside. */
export function cancelled(step: number, checkpoint: CommittedCheckpoint | undefined): ClozeError {
  return new ClozeError('CANCELLED', {
    message: `The run was stopped after step ${step}.`,
    hint: checkpoint ? `Resume it from ${checkpoint.path}.` : 'It left no checkpoint; start it again.',
    file: checkpoint?.path,
    step,
  });
}

/** What is known of a step that failed. */
export interface Circumstances {
  readonly batchHash: string;
  /** Where the batch was read. */
  readonly cursor: DataCursor;
  readonly lastCheckpoint: CommittedCheckpoint | undefined;
  readonly parameters: ParameterMap;
}

/** A step whose loss or gradients are no numbers. */
export function nonFinite(
  step: number,
  { loss, gradientNorm }: UpdateReport,
  { batchHash, cursor, lastCheckpoint, parameters }: Circumstances,
): ClozeError {
  const isBroken = (tensor: tf.Tensor): boolean => !tensor.dataSync().every(Number.isFinite);
  const broken = Object.entries(parameters).find(([, tensor]) => isBroken(tensor))?.[0];
  const where =
    broken === undefined ? 'All parameters are finite' : `The first parameter that is not finite is ${broken}`;
  const last = lastCheckpoint ? `The last checkpoint is ${lastCheckpoint.path}.` : 'No checkpoint was written yet.';
  return new ClozeError('NON_FINITE', {
    message: `Step ${step}: loss and gradient norm must be finite, got ${loss} and ${gradientNorm} in batch ${batchHash}, read from ${JSON.stringify(cursor)}. ${where}, as before this step.`,
    hint: `Lower the learning rate, lengthen the warm-up, or look at that batch. ${last}`,
    step,
    tensor: broken,
    file: lastCheckpoint?.path,
  });
}
