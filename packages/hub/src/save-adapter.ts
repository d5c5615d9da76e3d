import { adapterFiles, type AdaptedModel } from '@cloze/peft';
import { ADAPTER_CONFIG_FILE, ADAPTER_FILE, type AdapterOptions } from './read-adapter.ts';
import { checkFileName } from './repository.ts';
import { checkFinite, jsonFile } from './save-pretrained.ts';
import { weightFile, type FileContent } from './weights.ts';
import { writeFolder } from './write-folder.ts';

/** What is said of an adapter in its folder. */
export interface SaveAdapterOptions {
  /** The folder or the repository of its base. Default: what the file said that it was loaded from, or nothing. */
  readonly baseModel?: string | undefined;
  /** `config.json` of the model with the adapter, for its task and labels. PEFT does not read it. Default: none is written. */
  readonly configJson?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The files of an adapter's folder: `adapter_config.json` and `adapter_model.safetensors`, and `config.json` if it is given.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` when a parameter is not finite: such an adapter must not replace a good one.
 */
export async function pretrainedAdapterFiles(
  adapted: AdaptedModel,
  { baseModel, configJson }: SaveAdapterOptions = {},
): Promise<FileContent[]> {
  const { config, tensors } = await adapterFiles(adapted);
  checkFinite(tensors);
  const named = { ...config, base_model_name_or_path: baseModel ?? config['base_model_name_or_path'] ?? null };
  return [
    jsonFile(ADAPTER_CONFIG_FILE, named),
    ...(configJson === undefined ? [] : [jsonFile('config.json', configJson)]),
    await weightFile(ADAPTER_FILE, tensors),
  ];
}

/**
 * Saves an adapter into a folder that Python reads back (`PeftModel.from_pretrained(base, folder)`). Each file is there whole or not at all; what else lies
 * in the folder stays.
 *
 * @param options `name`: the subfolder that it is saved in, for further adapters of one model. Default: the folder itself.
 * @throws as {@link pretrainedAdapterFiles}.
 */
export async function savePretrainedAdapter(
  folder: string,
  adapted: AdaptedModel,
  { name, ...options }: SaveAdapterOptions & AdapterOptions = {},
): Promise<void> {
  if (name !== undefined) checkFileName(name, folder);
  const files = await pretrainedAdapterFiles(adapted, options);
  await writeFolder(name === undefined ? folder : `${folder}/${name}`, files);
}
