import { CheckpointError, ClozeError, isJsonObject, parseJson, type JsonObject, type JsonValue } from '@cloze/core';
import { sha256Of, type FileDigest } from './durable-files.ts';
import { ONLY_PHASE } from './phases.ts';
import type { RunPosition } from './snapshot.ts';

/** The file of a checkpoint that is written last: where the run stands, and what every other file must be. */
export const STATE_FILE = 'training-state.json';
/** The weights of a checkpoint under their published names: what Python's `from_pretrained` reads. */
export const MODEL_FILE = 'model.safetensors';
/** The optimizer's state of a checkpoint: `SLOT.PATH`, in our own parameter paths. */
export const OPTIMIZER_FILE = 'optimizer.safetensors';
/** The parameters of the best evaluation, in our own paths: only in checkpoints of runs that may be stopped early. */
export const BEST_FILE = 'best.safetensors';

const FORMAT = 'cloze-training-state';
const VERSION = 1;

/** What `training-state.json` says. */
export interface TrainingStateFile extends RunPosition {
  /** What the program that trains wants to find again, for example its flags. */
  readonly settings: JsonObject;
  /** All other files of the checkpoint by name. */
  readonly files: Readonly<Record<string, FileDigest>>;
}

/** The bytes of the file. They end with the sha256 of all that stands before, so that a changed digit does not go unnoticed. */
export async function serializeState(state: TrainingStateFile): Promise<Uint8Array> {
  const body = { format: FORMAT, version: VERSION, node: process.version, ...state };
  return toBytes({ ...body, sha256: await sha256Of([toBytes(body)]) });
}

/**
 * Reads and checks the file.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` when anything in it was changed, `CHECKPOINT_VERSION` when a later version wrote it.
 */
export async function parseState(bytes: Uint8Array, file: string): Promise<TrainingStateFile> {
  const document = parseDocument(bytes, file);
  const { sha256, ...body } = document;
  if (typeof body.version === 'number' && body.version > VERSION) {
    throw new CheckpointError('CHECKPOINT_VERSION', {
      message: `The checkpoint was made in format version ${body.version}; supported is version ${VERSION}.`,
      hint: 'Use the release of Cloze that made it, or a later one.',
      file,
      expected: `${VERSION}`,
      actual: `${body.version}`,
    });
  }
  if (sha256 !== (await sha256Of([toBytes(body)])) || Buffer.compare(toBytes(document), bytes) !== 0) {
    throw corrupt(file, 'The file must be as it was written, got one that was changed since.');
  }
  const { step = null, key, cursor, data, optimizer, best, settings, files } = body;
  // Checkpoints from before there were phases are of runs of one.
  const { phase = { name: ONLY_PHASE, step } } = body;
  if (
    body.format !== FORMAT ||
    typeof step !== 'number' ||
    !isPlace(phase) ||
    !isNumbers(key) ||
    !isRecordOf(cursor, isNumber) ||
    typeof data !== 'string' ||
    !isOptimizer(optimizer) ||
    !(best === undefined || isBest(best)) ||
    !isJsonObject(settings) ||
    !isRecordOf(files, isDigest)
  ) {
    throw corrupt(file, 'The file must describe a training state, got something else.');
  }
  const strange = Object.keys(files).find((name) => !/^[\w-][\w.-]*$/.test(name));
  if (strange !== undefined)
    throw corrupt(file, `Files must stand in the checkpoint's own folder, got ${JSON.stringify(strange)}.`);
  return { step, phase, key, cursor, data, optimizer, best, settings, files };
}

/** A checkpoint that is not what was written. */
export function corrupt(
  file: string,
  message: string,
  details: { tensor?: string; cause?: unknown } = {},
): CheckpointError {
  return new CheckpointError('CHECKPOINT_CORRUPT', {
    message,
    hint: 'Resume from an earlier checkpoint (--fallback takes the last one that is sound).',
    file,
    ...details,
  });
}

function parseDocument(bytes: Uint8Array, file: string): JsonObject {
  try {
    const value = parseJson(bytes, { file });
    if (isJsonObject(value)) return value;
  } catch (cause) {
    if (cause instanceof ClozeError) throw corrupt(file, 'The file must be JSON, got something else.', { cause });
    throw cause;
  }
  throw corrupt(file, 'The file must hold a JSON object, got another value.');
}

function toBytes(document: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(document, undefined, 2)}\n`);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isNumbers(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every(isNumber);
}

function isRecordOf<T extends JsonValue>(
  value: JsonValue | undefined,
  isItem: (item: JsonValue) => item is T,
): value is Readonly<Record<string, T>> {
  return isJsonObject(value) && Object.values(value).every(isItem);
}

function isSetting(value: JsonValue): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function isOptimizer(
  value: JsonValue | undefined,
): value is JsonObject & { name: string; settings: Readonly<Record<string, number | boolean>> } {
  return isJsonObject(value) && typeof value.name === 'string' && isRecordOf(value.settings, isSetting);
}

function isPlace(value: JsonValue | undefined): value is JsonObject & { name: string; step: number } {
  return isJsonObject(value) && typeof value.name === 'string' && typeof value.step === 'number';
}

function isBest(value: JsonValue): value is JsonObject & { step: number; value: number; numWorse: number } {
  return isRecordOf(value, isNumber) && ['step', 'value', 'numWorse'].every((field) => field in value);
}

function isDigest(value: JsonValue): value is JsonObject & { bytes: number; sha256: string } {
  return isJsonObject(value) && typeof value.bytes === 'number' && typeof value.sha256 === 'string';
}
