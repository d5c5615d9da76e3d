import * as tf from '@tensorflow/tfjs';
import { findTensor, transposed, unexpectedNames, type CheckpointNames, type HostTensors } from './checkpoint-names.ts';
import { CheckpointError } from './errors.ts';
import type { HostTensor } from './host-tensor.ts';
import type { Initializer } from './initializers.ts';
import { RandomKey } from './random-key.ts';

/** Where a module's constructor gets its parameters from. Random initialization, loading and tracing differ in the source only. */
export interface ParameterSource {
  /** The source for what stands below a field: `source.at('layers', 0)`. The names must be the field's own. */
  at(...names: readonly (string | number)[]): ParameterSource;
  /**
   * The parameter of a field, float32. The module owns it.
   *
   * @param initializer its first values where the source is random.
   */
  get(name: string, shape: readonly number[], initializer: Initializer): tf.Tensor;
}

/** Fresh parameters. Each depends on the key and its own path only, not on the order of construction or on its neighbours. */
export function randomParameters(key: RandomKey): ParameterSource {
  return sourceOf((path, shape, initializer) => {
    const own = path.split('.').reduce((folded, name) => folded.fold(name), key);
    return tf.tensor(initializer(shape, own), [...shape], 'float32');
  });
}

/** Settings of {@link checkpointParameters}. */
export interface CheckpointOptions {
  /** Names the file in errors. */
  readonly file?: string;
  /** Where parameters come from that the checkpoint lacks, for example a new head. Default: a missing tensor is an error. */
  readonly missing?: ParameterSource;
  /** Told of each parameter that came from `missing`. */
  readonly onMissing?: (path: string) => void;
  /** Which tensors may be there without belonging to the model, for example an old head. Default: none. */
  readonly allowUnexpected?: (name: string) => boolean;
}

/**
 * Parameters from a checkpoint.
 *
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` when a tensor is missing, has another shape or is no floating point tensor, or when the checkpoint
 *   holds tensors that the model does not have.
 */
export function checkpointParameters(
  tensors: HostTensors,
  names: CheckpointNames,
  { file, missing, onMissing, allowUnexpected = () => false }: CheckpointOptions = {},
): ParameterSource {
  const unexpected = unexpectedNames(tensors.keys(), names).filter((name) => !allowUnexpected(name));
  if (unexpected.length > 0) {
    const shown = unexpected.slice(0, 3).join(', ');
    throw new CheckpointError('CHECKPOINT_MISMATCH', {
      message: `The checkpoint holds ${unexpected.length} tensors that the model does not have: ${shown}${unexpected.length > 3 ? ', ...' : ''}.`,
      hint: 'Load it with the family and task that it was made for, or name the tensors that may be left out.',
      file,
    });
  }
  return sourceOf((path, shape, initializer) => {
    const { entry, name, tensor } = findTensor(tensors, names, path);
    if (tensor === undefined) {
      if (entry.isBuffer === true) return tf.tensor(initializer(shape, RandomKey.fromSeed(0)), [...shape]);
      if (missing === undefined) {
        throw new CheckpointError('CHECKPOINT_MISMATCH', {
          message: `${path} must have shape [${shape.join(', ')}]; the checkpoint has no ${entry.name}.`,
          hint: 'Load a checkpoint of this family and task, or say where missing parameters come from.',
          file,
          tensor: path,
        });
      }
      onMissing?.(path);
      return missing.get(path, shape, initializer);
    }
    const inFile = entry.transpose === true ? [...shape].reverse() : shape;
    const expected = entry.fileShape ?? inFile;
    if (!tf.util.arraysEqual([...expected], [...tensor.shape]) || !(tensor.data instanceof Float32Array)) {
      throw new CheckpointError('CHECKPOINT_MISMATCH', {
        message: `${path} must have shape [${shape.join(', ')}]; the checkpoint's ${name} must be [${expected.join(', ')}] of F32, F16 or BF16, got [${tensor.shape.join(', ')}] of ${tensor.dtype}.`,
        hint: 'The configuration and the weights do not belong together; take both from the same folder.',
        file,
        tensor: path,
      });
    }
    return parameter(tensor, entry.transpose === true, shape);
  });
}

/** Parameters that hold zeros: for the shapes of a model, and to be replaced by `withParameters`. */
export function placeholderParameters(): ParameterSource {
  return sourceOf((_, shape) => tf.zeros([...shape]));
}

function parameter(tensor: HostTensor, transpose: boolean, shape: readonly number[]): tf.Tensor {
  const { data } = transpose ? transposed(tensor) : tensor;
  // A copy, so that no parameter aliases the file's buffer or another parameter.
  return tf.tensor(Float32Array.from(data as Float32Array), [...shape], 'float32');
}

function sourceOf(
  get: (path: string, shape: readonly number[], initializer: Initializer) => tf.Tensor,
  prefix: readonly (string | number)[] = [],
): ParameterSource {
  return {
    at: (...names) => sourceOf(get, [...prefix, ...names]),
    get: (name, shape, initializer) => get([...prefix, name].join('.'), shape, initializer),
  };
}
