import {
  CheckpointError,
  disposeModule,
  findTensor,
  unexpectedNames,
  type CheckpointNames,
  type HostTensor,
  type HostTensors,
  type ParameterSource,
} from '@cloze/core';
import * as tf from '@tensorflow/tfjs';
import { findFamily, findTask, readConfig, type AnyFamily } from './auto.ts';
import { asCheckpointErrors, createModel, readTokenizer } from './load-pretrained.ts';
import { openRepository } from './open-repository.ts';
import type { Repository } from './repository.ts';
import { readWeightsHeader, verifyWeights, type WeightsHeader } from './weights.ts';

/** What a sound model folder holds. */
export interface PretrainedSummary {
  readonly family: AnyFamily;
  readonly config: object;
  readonly task: string;
  readonly weights: WeightsHeader;
  /** Parameters of the model, tied ones once. */
  readonly numParameters: number;
  /** Undefined where there is no tokenizer. */
  readonly vocabSize: number | undefined;
}

/**
 * Checks that a folder holds a whole model: files, configuration, names and shapes of all tensors, tokenizer. Builds no model.
 *
 * @param readsData also read all weights and compare them with the sha256 that was saved with them, one tensor at a time. Default: true.
 * @throws as `loadPretrained`.
 */
export async function checkPretrained(
  families: readonly AnyFamily[],
  source: string | Repository,
  { readsData = true }: { readonly readsData?: boolean } = {},
): Promise<PretrainedSummary> {
  const repository = await openRepository(source);
  return asCheckpointErrors(repository.name, async () => {
    const { json, file } = await readConfig(repository);
    const family = findFamily(families, json, file);
    const task = findTask(family, json, file);
    const parsed = family.parseConfig(json);
    const weights = readsData ? await verifyWeights(repository) : await readWeightsHeader(repository);
    const config = family.settleConfig?.(parsed, weights.entries.keys()) ?? parsed;
    const numParameters = checkShapes(family, config, task, { weights, folder: repository.name });
    const tokenizer = await readTokenizer(repository);
    return { family, config, task, weights, numParameters, vocabSize: tokenizer?.vocabSize };
  });
}

/** Compares names and shapes with those that the model would ask for; returns the number of its parameters. */
function checkShapes(
  family: AnyFamily,
  config: object,
  task: string,
  { weights, folder }: { readonly weights: WeightsHeader; readonly folder: string },
): number {
  const names = family.checkpointNames(config, task);
  const tensors = withoutData(weights);
  const [unexpected] = unexpectedNames(tensors.keys(), names);
  if (unexpected !== undefined) {
    throw new CheckpointError('CHECKPOINT_MISMATCH', {
      message: `The checkpoint holds ${unexpected}, which the model does not have.`,
      hint: 'The configuration and the weights do not belong together; take both from the same folder.',
      file: folder,
      tensor: unexpected,
    });
  }
  const sizes: number[] = [];
  disposeModule(createModel(family, config, task, shapeSource(tensors, names, { folder, sizes })));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function withoutData({ entries }: WeightsHeader): HostTensors {
  const data = new Float32Array(0);
  return {
    keys: () => entries.keys(),
    get: (name): HostTensor | undefined => {
      const entry = entries.get(name);
      return entry === undefined ? undefined : { dtype: entry.dtype, shape: entry.shape, data };
    },
  };
}

/** Gives tensors that have a shape and no values, after comparing the shape with the file's. */
function shapeSource(
  tensors: HostTensors,
  names: CheckpointNames,
  context: { readonly folder: string; readonly sizes: number[] },
  prefix: readonly (string | number)[] = [],
): ParameterSource {
  return {
    at: (...below) => shapeSource(tensors, names, context, [...prefix, ...below]),
    get: (field, shape) => {
      const path = [...prefix, field].join('.');
      const { entry, name, tensor } = findTensor(tensors, names, path);
      const expected = entry.fileShape ?? (entry.transpose === true ? shape.toReversed() : shape);
      if (tensor === undefined || !tf.util.arraysEqual([...expected], [...tensor.shape])) {
        const found = tensor === undefined ? 'it is missing' : `got [${tensor.shape.join(', ')}]`;
        throw new CheckpointError('CHECKPOINT_MISMATCH', {
          message: `${path} must have shape [${shape.join(', ')}]; the checkpoint's ${name} must be [${expected.join(', ')}], ${found}.`,
          hint: 'The configuration and the weights do not belong together; take both from the same folder.',
          file: context.folder,
          tensor: path,
        });
      }
      context.sizes.push(tf.util.sizeFromShape([...shape]));
      // No memory: a configuration may claim any size.
      return tf.engine().makeTensorFromTensorInfo({ dataId: {}, shape: [...shape], dtype: 'float32' });
    },
  };
}
