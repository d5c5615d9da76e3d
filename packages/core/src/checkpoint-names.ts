import type { HostTensor } from './host-tensor.ts';
import { toHostTensor } from './host-tensor.ts';
import { CheckpointError } from './errors.ts';
import type { ParameterMap } from './module.ts';

/** Where a parameter stands in published files, and how its form there differs from ours. */
export interface CheckpointEntry {
  /** The published name. */
  readonly name: string;
  /** The file holds the transpose of our matrix: [out, in] for our [in, out]. */
  readonly transpose?: boolean;
  /** The file's shape where it has the same elements in the same order under another shape, as [1, V] for [V]. Taken after transposing. */
  readonly fileShape?: readonly number[];
  /** A constant there, PyTorch's buffer: saved, but without a gradient; and files may lack it: then it has its first values. */
  readonly isBuffer?: boolean;
  /** Older names of the same tensor, read but never written. */
  readonly aliases?: readonly string[];
}

/** A family's table from our parameter paths to published names. A table, not code. */
export interface CheckpointNames {
  readonly entries: Readonly<Record<string, CheckpointEntry>>;
  /** The prefix that files of models without a head lack, as `transformer.`: both forms are read; names are written as in `entries`. */
  readonly optionalPrefix?: string;
  /** Names in files that are no parameters (masks, copies of tied tensors), without the optional prefix. Read past, never written. */
  readonly ignored?: readonly RegExp[];
}

/** Tensors by name, for example a `Map`, or a reader that loads each on demand. */
export interface HostTensors {
  keys(): Iterable<string>;
  get(name: string): HostTensor | undefined;
}

/**
 * Finds the tensor of one parameter under any of its names.
 *
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` when the table has no entry for `path`.
 */
export function findTensor(
  tensors: HostTensors,
  names: CheckpointNames,
  path: string,
): { readonly entry: CheckpointEntry; readonly name: string; readonly tensor: HostTensor | undefined } {
  const entry = entryOf(names, path);
  for (const name of spellings(names, entry)) {
    const tensor = tensors.get(name);
    if (tensor !== undefined) return { entry, name, tensor };
  }
  return { entry, name: entry.name, tensor: undefined };
}

/** The names in a file that are neither parameters nor known to be ignorable. */
export function unexpectedNames(fileNames: Iterable<string>, names: CheckpointNames): string[] {
  const known = new Set(Object.values(names.entries).flatMap((entry) => spellings(names, entry)));
  const prefix = names.optionalPrefix ?? '';
  const isIgnored = (name: string): boolean => {
    const bare = prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length) : name;
    return names.ignored?.some((pattern) => pattern.test(bare)) ?? false;
  };
  return [...fileNames].filter((name) => !known.has(name) && !isIgnored(name));
}

/**
 * Parameters (or their gradients) as they stand in a file: under published names, transposed where the table says so.
 *
 * @param parameters by our paths, as `parametersOf` lists them; tied tensors are there once, as files want it.
 * @throws {CheckpointError} `CHECKPOINT_MISMATCH` when the table has no entry for a path.
 */
export async function toCheckpointTensors(
  parameters: ParameterMap,
  names: CheckpointNames,
): Promise<Map<string, HostTensor>> {
  const tensors = new Map<string, HostTensor>();
  for (const [path, parameter] of Object.entries(parameters)) {
    const entry = entryOf(names, path);
    const host = await toHostTensor(parameter);
    const turned = entry.transpose === true ? transposed(host) : host;
    tensors.set(entry.name, { ...turned, shape: entry.fileShape ?? turned.shape });
  }
  return tensors;
}

/** The transpose of a matrix. */
export function transposed({ dtype, shape, data }: HostTensor): HostTensor {
  const [rows = 1, columns = 1] = shape;
  // Copied first for its type; then every element is overwritten.
  const result = data.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column];
      if (value !== undefined) result[column * rows + row] = value;
    }
  }
  return { dtype, shape: [columns, rows], data: result };
}

function entryOf(names: CheckpointNames, path: string): CheckpointEntry {
  const entry = Object.hasOwn(names.entries, path) ? names.entries[path] : undefined;
  if (entry === undefined) {
    throw new CheckpointError('CHECKPOINT_MISMATCH', {
      message: `The parameter ${path} has no name in checkpoints.`,
      hint: "Add it to the family's checkpoint.ts.",
      tensor: path,
    });
  }
  return entry;
}

function spellings({ optionalPrefix = '' }: CheckpointNames, { name, aliases = [] }: CheckpointEntry): string[] {
  const written = [name, ...aliases];
  if (optionalPrefix === '') return written;
  return written.flatMap((spelling) => [
    spelling,
    spelling.startsWith(optionalPrefix) ? spelling.slice(optionalPrefix.length) : `${optionalPrefix}${spelling}`,
  ]);
}
