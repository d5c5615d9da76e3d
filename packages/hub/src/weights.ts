import {
  checkLimit,
  ClozeError,
  CheckpointError,
  isJsonObject,
  openSafetensors,
  parseJson,
  safetensorsChunks,
  type HostTensor,
  type SafetensorsEntry,
  type SafetensorsFile,
} from '@cloze/core';
import { checkFileName, readSmallFile, type Repository, type RepositoryFile } from './repository.ts';
import { createSha256 } from './sha256.ts';

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';

/** Limits of what an index file may claim. */
const INDEX_LIMITS = { bytes: 250_000_000, entries: 200_000 } as const;

/** Whether a file has one of the names under which weights are saved. */
export function isWeightFile(name: string): boolean {
  return name === SINGLE_FILE || name === INDEX_FILE || /^model-\d{5}-of-\d{5}\.safetensors$/.test(name);
}

/** The key in a file's metadata that holds the sha256 of its data, so that damage is noticed wherever the file goes. */
const DIGEST_KEY = 'sha256';

/** What the headers of a model's weights say. */
export interface WeightsHeader {
  /** The files that hold weights, in order. */
  readonly files: readonly string[];
  /** By tensor name. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
}

/**
 * Reads all tensors of a model: `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` when files are missing, damaged or contradict the index.
 */
export async function readWeights(repository: Repository): Promise<Map<string, HostTensor>> {
  const tensors = new Map<string, HostTensor>();
  await readTensors(repository, (name, tensor) => tensors.set(name, tensor));
  return tensors;
}

/**
 * Reads all weights, one tensor at a time, and keeps only what the headers say.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` as {@link readWeights}.
 */
export async function verifyWeights(repository: Repository): Promise<WeightsHeader> {
  return readTensors(repository, () => undefined);
}

async function readTensors(
  repository: Repository,
  take: (name: string, tensor: HostTensor) => void,
): Promise<WeightsHeader> {
  const entries = new Map<string, SafetensorsEntry>();
  const files = await forEachFile(repository, async (opened) => {
    const file = await readTensorFile(opened, take);
    for (const [name, entry] of file.entries) entries.set(name, entry);
    return file;
  });
  return { files, entries };
}

/**
 * Reads the tensors of one file, and compares them with the sha256 that was saved with them, where there is one.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` when they differ.
 */
export async function readTensorFile(
  opened: RepositoryFile,
  take: (name: string, tensor: HostTensor) => void,
): Promise<SafetensorsFile> {
  const file = await openSafetensors(opened);
  const digest = file.metadata.get(DIGEST_KEY);
  const hash = digest === undefined ? undefined : await createSha256();
  const ordered = [...file.entries].sort(([, a], [, b]) => a.begin - b.begin);
  for (const [name, { begin, end }] of ordered) {
    const tensor = await file.read(name);
    if (tensor === undefined) continue;
    take(name, tensor);
    // Widened tensors are not the bytes of the file.
    hash?.update(tensor.data.byteLength === end - begin ? bytesOf(tensor.data) : await opened.read(begin, end - begin));
  }
  if (hash !== undefined && hash.hex() !== digest) {
    throw new CheckpointError('CHECKPOINT_CORRUPT', {
      message: 'The weights must have the sha256 that was saved with them; they do not.',
      hint: 'The file is damaged; take a copy or save it again.',
      file: opened.file,
      expected: digest,
    });
  }
  return file;
}

/**
 * Reads the headers of a model's weights, no tensors.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` as {@link readWeights}, save for the digest.
 */
export async function readWeightsHeader(repository: Repository): Promise<WeightsHeader> {
  const entries = new Map<string, SafetensorsEntry>();
  const files = await forEachFile(repository, async (opened) => {
    const file = await openSafetensors(opened);
    for (const [name, entry] of file.entries) entries.set(name, entry);
    return file;
  });
  return { files, entries };
}

/** A file to be written: its content in pieces, so that it need not be held twice. */
export interface FileContent {
  readonly name: string;
  readonly chunks: Iterable<Uint8Array>;
}

/**
 * The files of a model's weights: one, or shards and their index where it would be larger than `maxShardBytes`.
 */
export async function weightFiles(
  tensors: ReadonlyMap<string, HostTensor>,
  { maxShardBytes }: { readonly maxShardBytes: number },
): Promise<FileContent[]> {
  const shards = split(tensors, maxShardBytes);
  const [only] = shards;
  if (only !== undefined && shards.length === 1) return [await weightFile(SINGLE_FILE, only)];
  const count = String(shards.length).padStart(5, '0');
  const names = shards.map((_, index) => `model-${String(index + 1).padStart(5, '0')}-of-${count}.safetensors`);
  const weightMap = Object.fromEntries(
    shards.flatMap((shard, index) => [...shard.keys()].map((tensor) => [tensor, names[index] ?? ''] as const)),
  );
  const totalSize = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const index = { metadata: { total_size: totalSize }, weight_map: weightMap };
  return [
    ...(await Promise.all(shards.map((shard, position) => weightFile(names[position] ?? '', shard)))),
    { name: INDEX_FILE, chunks: [new TextEncoder().encode(`${JSON.stringify(index, undefined, 2)}\n`)] },
  ];
}

/** A file of tensors under the digest of their data. */
export async function weightFile(name: string, tensors: ReadonlyMap<string, HostTensor>): Promise<FileContent> {
  const hash = await createSha256();
  const [, ...data] = safetensorsChunks(tensors);
  for (const chunk of data) hash.update(chunk);
  const metadata = new Map([
    ['format', 'pt'],
    [DIGEST_KEY, hash.hex()],
  ]);
  return { name, chunks: { [Symbol.iterator]: () => safetensorsChunks(tensors, metadata) } };
}

function split(tensors: ReadonlyMap<string, HostTensor>, maxBytes: number): Map<string, HostTensor>[] {
  const shards = [new Map<string, HostTensor>()];
  let bytes = 0;
  for (const [name, tensor] of tensors) {
    const current = shards.at(-1);
    if (current === undefined || (bytes + tensor.data.byteLength > maxBytes && current.size > 0)) {
      shards.push(new Map([[name, tensor]]));
      bytes = tensor.data.byteLength;
    } else {
      current.set(name, tensor);
      bytes += tensor.data.byteLength;
    }
  }
  return shards;
}

/** Calls `read` with each weight file and checks that the tensors are those that the index promises. */
async function forEachFile(
  repository: Repository,
  read: (file: RepositoryFile) => Promise<SafetensorsFile>,
): Promise<string[]> {
  const single = await repository.open(SINGLE_FILE);
  if (single !== undefined) {
    await closing(single, read);
    return [SINGLE_FILE];
  }
  const shards = await readIndex(repository);
  for (const [fileName, promised] of shards) {
    const opened = await repository.open(fileName);
    if (opened === undefined) {
      throw new CheckpointError('CHECKPOINT_CORRUPT', {
        message: `The index names the shard ${fileName}, which is not there.`,
        hint: 'Copy or download all shards.',
        file: `${repository.name}/${INDEX_FILE}`,
      });
    }
    const { entries } = await closing(opened, read);
    const lacking = promised.find((name) => !entries.has(name));
    if (lacking !== undefined || entries.size !== promised.length) {
      const surplus = [...entries.keys()].find((name) => !promised.includes(name));
      throw new CheckpointError('CHECKPOINT_CORRUPT', {
        message:
          lacking === undefined
            ? `The shard holds ${surplus ?? 'a tensor'}, which the index does not list for it.`
            : `The shard must hold ${lacking}, as the index says; it does not.`,
        hint: 'The shards and the index do not belong together; copy or download all of them again.',
        file: opened.file,
        tensor: lacking ?? surplus,
      });
    }
  }
  return [...shards.keys()];
}

async function closing<T>(file: RepositoryFile, read: (file: RepositoryFile) => Promise<T>): Promise<T> {
  try {
    return await read(file);
  } finally {
    await file.close();
  }
}

/** The tensors that each shard must hold, by file name. */
async function readIndex(repository: Repository): Promise<Map<string, string[]>> {
  const index = await readSmallFile(repository, INDEX_FILE, INDEX_LIMITS.bytes);
  if (index === undefined) throw await noWeights(repository);
  const { bytes, file } = index;
  const json = parseJson(bytes, { file, maxBytes: INDEX_LIMITS.bytes });
  const weightMap = isJsonObject(json) ? json.weight_map : undefined;
  if (!isJsonObject(weightMap)) {
    throw new CheckpointError('CHECKPOINT_CORRUPT', {
      message: 'An index must hold an object weight_map.',
      hint: 'The file is damaged; download it again.',
      file,
      jsonPointer: '/weight_map',
    });
  }
  const pairs = Object.entries(weightMap);
  checkLimit('The number of tensors', pairs.length, { name: 'indexEntries', limit: INDEX_LIMITS.entries }, { file });
  const shards = new Map<string, string[]>();
  for (const [tensor, fileName] of pairs) {
    if (typeof fileName !== 'string' || !fileName.endsWith('.safetensors')) {
      throw new CheckpointError('CHECKPOINT_CORRUPT', {
        message: `The file of ${tensor} must be a .safetensors file, got ${JSON.stringify(fileName)}.`,
        hint: 'The file is damaged or hostile; download it again.',
        file,
        tensor,
      });
    }
    checkFileName(fileName, file);
    const listed = shards.get(fileName);
    if (listed === undefined) shards.set(fileName, [tensor]);
    else listed.push(tensor);
  }
  return shards;
}

async function noWeights(repository: Repository): Promise<ClozeError> {
  const pickle = (await repository.list()).find((name) => /^pytorch_model.*\.bin$|\.pt$|\.ckpt$|\.h5$/.test(name));
  if (pickle !== undefined) {
    return new ClozeError('UNSUPPORTED_FORMAT', {
      message: `Weights must be safetensors, got ${pickle}, which can run code when it is opened.`,
      hint: 'Convert it in Python: AutoModel.from_pretrained(folder).save_pretrained(other_folder).',
      file: repository.name,
    });
  }
  return new CheckpointError('CHECKPOINT_CORRUPT', {
    message: `A model folder must hold ${SINGLE_FILE} or ${INDEX_FILE}, found neither.`,
    hint: 'Name a folder with a whole model.',
    file: repository.name,
  });
}

function bytesOf(data: HostTensor['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
