import { CheckpointError, type HostTensor, type HostTensors } from '@cloze/core';

/** `<f4`, `>f8`, `<f2` and the like. */
const FLOATING_POINT = /^[<>|=]?f[248]$/;

/** What is used of jsfive, which brings no types. */
interface Jsfive {
  readonly File: new (bytes: ArrayBuffer, name: string) => unknown;
}

/** A group of an HDF5 file, or the file. */
interface Group {
  readonly keys: readonly string[];
  get(path: string): unknown;
}

interface Dataset {
  readonly shape: readonly number[];
  /** As NumPy writes it. */
  readonly dtype: unknown;
  /** Row-major. */
  readonly value: unknown;
}

/**
 * The tensors of an HDF5 file by their paths, `RNN_0/RNN/MultiRNNCell/Cell0/LSTMCell/W_0`: the form in which ELMo was published. Each is read when it is
 * asked for.
 *
 * Needs the package `jsfive`, which is an optional peer dependency.
 *
 * @param file names the file in errors.
 * @throws {CheckpointError} `UNSUPPORTED_FORMAT` where jsfive is missing; `CHECKPOINT_CORRUPT` where the bytes are no HDF5, or a tensor is damaged or
 *   has no floating point numbers.
 */
export async function readElmoHdf5(bytes: Uint8Array, { file }: { readonly file?: string } = {}): Promise<HostTensors> {
  const { File } = await importJsfive(file);
  const datasets = readOr(file, 'The file must be HDF5.', () => {
    const root = new File(Uint8Array.from(bytes).buffer, file ?? '');
    return new Map(isGroup(root) ? datasetsOf(root, '') : []);
  });
  return {
    keys: () => datasets.keys(),
    get: (name) => {
      const dataset = datasets.get(name);
      return dataset && readOr(file, `The tensor ${name} must hold floating point numbers.`, () => toTensor(dataset));
    },
  };
}

async function importJsfive(file: string | undefined): Promise<Jsfive> {
  try {
    // @ts-expect-error -- jsfive brings no types
    const loaded: unknown = await import('jsfive');
    if (isJsfive(loaded)) return loaded;
    throw new TypeError('jsfive does not export File.');
  } catch (cause) {
    throw new CheckpointError('UNSUPPORTED_FORMAT', {
      message: 'Reading HDF5 needs the package jsfive, which is not installed.',
      hint: 'Install it (npm install jsfive), or convert the file: with h5py and safetensors in Python, save_file({name: dataset[()]}) under the same names.',
      file,
      cause,
    });
  }
}

function* datasetsOf(group: Group, path: string): Generator<readonly [string, Dataset], void, void> {
  for (const key of group.keys) {
    const child = group.get(key);
    if (isGroup(child)) yield* datasetsOf(child, `${path}${key}/`);
    else if (isDataset(child)) yield [`${path}${key}`, child];
  }
}

function toTensor({ shape, dtype, value }: Dataset): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  if (typeof dtype !== 'string' || !FLOATING_POINT.test(dtype)) throw new TypeError(`dtype ${String(dtype)}`);
  if (!isNumbers(value) || value.length !== size) throw new TypeError(`not ${size} numbers`);
  return { dtype: 'F32', shape: [...shape], data: Float32Array.from(value) };
}

function isJsfive(value: unknown): value is Jsfive {
  return typeof value === 'object' && value !== null && 'File' in value && typeof value.File === 'function';
}

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && 'get' in value && 'keys' in value && Array.isArray(value.keys);
}

function isDataset(value: unknown): value is Dataset {
  return typeof value === 'object' && value !== null && 'shape' in value && 'dtype' in value && 'value' in value;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'number');
}

/** jsfive throws strings, errors of any kind, or reads past the end. */
function readOr<T>(file: string | undefined, message: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new CheckpointError('CHECKPOINT_CORRUPT', {
      message,
      hint: 'The file is damaged or holds something else; get it again.',
      file,
      cause,
    });
  }
}
