import {
  CheckpointError,
  checkpointParameters,
  ClozeError,
  type JsonObject,
  type ModelFamily,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import { Tokenizer } from '@cloze/tokenizer';
import { findFamily, findTask, readConfig, type AnyFamily } from './auto.ts';
import { readGenerationSettings, type GenerationSettings } from './generation-config.ts';
import { openRepository } from './open-repository.ts';
import { readSmallFile, type Repository } from './repository.ts';
import { readWeights } from './weights.ts';

const MAX_TOKENIZER_BYTES = 250_000_000;

/** Settings of {@link loadPretrained}. */
export interface LoadOptions {
  /** Default: the task that `architectures` in `config.json` names. */
  readonly task?: string;
  /** Where parameters come from that the folder lacks, for example a new head. Default: a missing tensor is an error. */
  readonly missing?: ParameterSource;
  /** Which tensors may be there without belonging to the model, for example an old head. Default: none. */
  readonly allowUnexpected?: (name: string) => boolean;
}

/** A model and what came with it. */
export interface Pretrained<Config extends object = object, Model = Module> {
  readonly family: AnyFamily;
  readonly config: Config;
  readonly task: string;
  /** Owns its parameters; free them with `disposeModule`. */
  readonly model: Model;
  /** Absent where the folder has no `tokenizer.json`. */
  readonly tokenizer: Tokenizer | undefined;
  readonly generation: GenerationSettings;
  /** Paths of the parameters that came from `missing`. */
  readonly newParameters: readonly string[];
  /** `config.json` as it stands in the folder. */
  readonly configJson: JsonObject;
}

/**
 * Loads a model from a folder in Hugging Face's layout, or from the hub: `config.json`, `model.safetensors` or its shards, and `tokenizer.json` if there is one.
 *
 * @param families the families to choose from by `model_type`. Only what is named here is needed at run time.
 * @param source a folder, a repository on the hub (see `openRepository`), or another one.
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` when files are missing or damaged; `CHECKPOINT_MISMATCH` when the weights do not fit the
 *   configuration: a tensor is missing, has another shape, or belongs to no parameter.
 * @throws {ClozeError} `UNSUPPORTED_FORMAT` when no family reads it.
 */
export async function loadPretrained(
  families: readonly AnyFamily[],
  source: string | Repository,
  options: LoadOptions = {},
): Promise<Pretrained> {
  const repository = await openRepository(source);
  return asCheckpointErrors(repository.name, async () => {
    const { json, file } = await readConfig(repository);
    const family = findFamily(families, json, file);
    const task = options.task ?? findTask(family, json, file);
    const parsed = inFile(file, () => family.parseConfig(json));
    const tokenizer = await readTokenizer(repository);
    const generation = await readGenerationSettings(repository, json);
    const newParameters: string[] = [];
    const { missing, allowUnexpected } = options;
    const weights = await readWeights(repository);
    const config = family.settleConfig?.(parsed, weights.keys()) ?? parsed;
    const parameters = checkpointParameters(weights, family.checkpointNames(config, task), {
      file: repository.name,
      ...(missing === undefined ? {} : { missing, onMissing: (path: string) => newParameters.push(path) }),
      ...(allowUnexpected === undefined ? {} : { allowUnexpected }),
    });
    const model = createModel(family, config, task, parameters);
    return { family, config, task, model, tokenizer, generation, newParameters, configJson: json };
  });
}

/**
 * Loads a model of a family that is known beforehand, with its types.
 *
 * @throws as {@link loadPretrained}.
 */
export async function loadPretrainedOf<
  Config extends object,
  Models extends object,
  Task extends keyof Models & string,
>(
  family: ModelFamily<Config, Models>,
  source: string | Repository,
  { task, ...options }: Omit<LoadOptions, 'task'> & { readonly task: Task },
): Promise<Pretrained<Config, Models[Task]>> {
  const loaded = await loadPretrained([family], source, { ...options, task });
  return loaded as unknown as Pretrained<Config, Models[Task]>;
}

/** The tokenizer of a model folder; undefined where it has none. */
export async function readTokenizer(source: string | Repository): Promise<Tokenizer | undefined> {
  const repository = await openRepository(source);
  const found = await readSmallFile(repository, 'tokenizer.json', MAX_TOKENIZER_BYTES);
  return found === undefined ? undefined : Tokenizer.fromJson(found.bytes, { file: found.file });
}

/** A constructor may fail half-way; what it made by then must not leak. */
export function createModel(family: AnyFamily, config: object, task: string, source: ParameterSource): Module {
  const made: { dispose(): void }[] = [];
  const recording = (inner: ParameterSource): ParameterSource => ({
    at: (...names) => recording(inner.at(...names)),
    get: (...request) => {
      const tensor = inner.get(...request);
      made.push(tensor);
      return tensor;
    },
  });
  try {
    return family.create(config, task, recording(source));
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  }
}

/** What is wrong inside of a model folder is a matter of the checkpoint, whichever reader noticed it. */
export async function asCheckpointErrors<T>(folder: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof ClozeError)) throw error;
    const code =
      error.code.startsWith('SAFETENSORS_') || error.code.startsWith('JSON_')
        ? 'CHECKPOINT_CORRUPT'
        : error.code === 'CONFIG_INVALID'
          ? 'CHECKPOINT_MISMATCH'
          : undefined;
    if (code === undefined) throw error;
    throw new CheckpointError(code, { ...error.details, file: error.file ?? folder, cause: error });
  }
}

function inFile<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ClozeError)) throw error;
    throw new ClozeError(error.code, { ...error.details, file, cause: error });
  }
}
