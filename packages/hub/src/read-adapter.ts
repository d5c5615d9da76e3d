import {
  CheckpointError,
  ClozeError,
  isJsonObject,
  parseJson,
  type HostTensor,
  type HostTensors,
  type JsonObject,
} from '@cloze/core';
import { parseAdapterConfig } from '@cloze/peft';
import { asCheckpointErrors } from './load-pretrained.ts';
import { openRepository } from './open-repository.ts';
import { readSmallFile, type Repository } from './repository.ts';
import { readTensorFile } from './weights.ts';

/** The settings of an adapter. */
export const ADAPTER_CONFIG_FILE = 'adapter_config.json';
/** What an adapter has learned. */
export const ADAPTER_FILE = 'adapter_model.safetensors';

const MAX_CONFIG_BYTES = 5_000_000;

/** The content of an adapter's folder. */
export interface SavedAdapter {
  /** `adapter_config.json`. */
  readonly config: JsonObject;
  readonly tensors: HostTensors;
  /** Where they come from, for messages. */
  readonly file: string;
  /** The model that it was made for, as its maker called it; undefined where the file does not say. */
  readonly baseModel: string | undefined;
  /** `config.json` of the model with the adapter, where the folder has one: its task and its labels. */
  readonly configJson: JsonObject | undefined;
}

/** Settings of {@link readAdapter}. */
export interface AdapterOptions {
  /** Further adapters lie in subfolders of their name. Default: the one in the folder itself. Local folders only. */
  readonly name?: string | undefined;
}

/**
 * Reads an adapter from a folder of Hugging Face PEFT's layout, or from the hub: `adapter_config.json` and `adapter_model.safetensors`.
 *
 * @param source a folder, a repository on the hub (see `openRepository`), or another one.
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` when a file is missing or damaged; `CHECKPOINT_MISMATCH` when the settings ask for what is not supported.
 * @throws {ClozeError} `UNSUPPORTED_FORMAT` when the weights are pickled.
 */
export async function readAdapter(source: string | Repository, options: AdapterOptions = {}): Promise<SavedAdapter> {
  const repository = await openAdapter(source, options);
  return asCheckpointErrors(repository.name, () => readFiles(repository));
}

/** Where the files of an adapter lie. */
export async function openAdapter(source: string | Repository, { name }: AdapterOptions): Promise<Repository> {
  return openRepository(typeof source === 'string' && name !== undefined ? `${source}/${name}` : source);
}

async function readFiles(repository: Repository): Promise<SavedAdapter> {
  const config = await readObject(repository, ADAPTER_CONFIG_FILE);
  if (config === undefined) {
    throw new CheckpointError('CHECKPOINT_CORRUPT', {
      message: `An adapter's folder must hold ${ADAPTER_CONFIG_FILE}, found none.`,
      hint: 'Name the folder that Hugging Face PEFT or cloze finetune wrote.',
      file: repository.name,
    });
  }
  parseAdapterConfig(config);
  const baseModel = config['base_model_name_or_path'];
  return {
    config,
    tensors: await readTensors(repository),
    file: repository.name,
    baseModel: typeof baseModel === 'string' ? baseModel : undefined,
    configJson: await readObject(repository, 'config.json'),
  };
}

async function readTensors(repository: Repository): Promise<Map<string, HostTensor>> {
  const opened = await repository.open(ADAPTER_FILE);
  if (opened === undefined) throw await noWeights(repository);
  try {
    const tensors = new Map<string, HostTensor>();
    await readTensorFile(opened, (name, tensor) => tensors.set(name, tensor));
    return tensors;
  } finally {
    await opened.close();
  }
}

async function noWeights(repository: Repository): Promise<ClozeError> {
  if ((await repository.list()).includes('adapter_model.bin')) {
    return new ClozeError('UNSUPPORTED_FORMAT', {
      message: 'Weights must be safetensors, got adapter_model.bin, which can run code when it is opened.',
      hint: 'Convert it in Python: PeftModel.from_pretrained(base, folder).save_pretrained(other_folder).',
      file: repository.name,
    });
  }
  return new CheckpointError('CHECKPOINT_CORRUPT', {
    message: `An adapter's folder must hold ${ADAPTER_FILE}, found none.`,
    hint: 'Copy or download the whole folder.',
    file: repository.name,
  });
}

async function readObject(repository: Repository, fileName: string): Promise<JsonObject | undefined> {
  const found = await readSmallFile(repository, fileName, MAX_CONFIG_BYTES);
  if (found === undefined) return undefined;
  const json = parseJson(found.bytes, { file: found.file });
  if (isJsonObject(json)) return json;
  throw new CheckpointError('CHECKPOINT_CORRUPT', {
    message: `${fileName} must be an object.`,
    hint: 'The file is damaged; take it from where the weights come from.',
    file: found.file,
  });
}
