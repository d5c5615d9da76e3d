import { CheckpointError, ClozeError, isJsonObject, parseJson, type JsonObject, type ModelFamily } from '@cloze/core';
import { readSmallFile, type Repository } from './repository.ts';

const MAX_CONFIG_BYTES = 5_000_000;

/** A family whose configuration type was forgotten: how families of different kinds stand in one list. */
export type AnyFamily = ModelFamily;

/**
 * Forgets the types of a family, so that it can stand in a list with others.
 *
 * This is safe as long as each configuration goes back to the family that made it, which is what this package does.
 */
export function anyFamily<Config extends object, Models extends object>(
  family: ModelFamily<Config, Models>,
): AnyFamily {
  return family;
}

/**
 * Reads `config.json`.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` when it is missing or no JSON object.
 */
export async function readConfig(
  repository: Repository,
): Promise<{ readonly json: JsonObject; readonly file: string }> {
  const found = await readSmallFile(repository, 'config.json', MAX_CONFIG_BYTES);
  if (found === undefined) {
    throw new CheckpointError('CHECKPOINT_CORRUPT', {
      message: 'A model folder must hold config.json, found none.',
      hint: 'Name the folder of a model.',
      file: repository.name,
    });
  }
  const json = parseJson(found.bytes, { file: found.file });
  if (!isJsonObject(json)) {
    throw new CheckpointError('CHECKPOINT_CORRUPT', {
      message: 'config.json must be an object.',
      hint: 'The file is damaged; take it from the same place as the weights.',
      file: found.file,
    });
  }
  return { json, file: found.file };
}

/**
 * Finds the family of a `config.json` by its `model_type`.
 *
 * @throws {ClozeError} `UNSUPPORTED_FORMAT` when no family reads it.
 */
export function findFamily(families: readonly AnyFamily[], json: JsonObject, file?: string): AnyFamily {
  const type = json.model_type;
  const family = families.find(({ modelTypes }) => typeof type === 'string' && modelTypes.includes(type));
  if (family !== undefined) return family;
  const known = families.flatMap(({ modelTypes }) => modelTypes).join(', ');
  throw new ClozeError('UNSUPPORTED_FORMAT', {
    message: `model_type must be one of ${known}, got ${JSON.stringify(type ?? null)}.`,
    hint: 'Use a model of one of these kinds.',
    file,
    jsonPointer: '/model_type',
  });
}

/**
 * The task that `architectures` of a `config.json` names, or the task that the family pre-trains for where it names none.
 *
 * @throws {ClozeError} `UNSUPPORTED_FORMAT` when the family has no such class.
 */
export function findTask(family: AnyFamily, json: JsonObject, file?: string): string {
  const { architectures } = json;
  const [name] = Array.isArray(architectures) ? (architectures as readonly unknown[]) : [];
  if (name === undefined) return family.pretrainingTask;
  const tasks = Object.entries(family.architectures);
  const found = tasks.find(([, classes]) => typeof name === 'string' && classes.includes(name));
  if (found !== undefined) return found[0];
  throw new ClozeError('UNSUPPORTED_FORMAT', {
    message: `architectures must name one of ${tasks.flatMap(([, classes]) => classes).join(', ')}, got ${JSON.stringify(name)}.`,
    hint: 'Name the task yourself if the weights fit it.',
    file,
    jsonPointer: '/architectures/0',
  });
}
