import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ClozeError, isJsonObject, parseJson } from '@cloze/core';
import { readFile } from 'node:fs/promises';

/** The parts of transformers.js that are used here. It is not a dependency: half a gigabyte that only this comparison needs. */
export interface TransformersJs {
  readonly env: { allowRemoteModels: boolean; localModelPath: string };
  readonly Tensor: new (type: 'int64', values: BigInt64Array, shape: readonly number[]) => object;
  readonly AutoModelForCausalLM: {
    from_pretrained(name: string, options: object): Promise<TransformersModel>;
  };
}

/** A loaded model. */
export interface TransformersModel {
  generate(options: object): Promise<{ readonly data: BigInt64Array }>;
}

const PACKAGE = '@huggingface/transformers';

/**
 * Looks for transformers.js in a folder where it was installed with npm.
 *
 * @returns its version.
 * @throws {ClozeError} `USAGE` when it is not there.
 */
export async function transformersJsVersion(installation: string): Promise<string> {
  if (installation === '') throw notInstalled('CLOZE_TRANSFORMERS_JS must name a folder, but is not set');
  try {
    const file = join(installation, 'node_modules', PACKAGE, 'package.json');
    const manifest = parseJson(await readFile(file, 'utf8'));
    if (isJsonObject(manifest) && typeof manifest['version'] === 'string') return manifest['version'];
  } catch (cause) {
    throw notInstalled(`CLOZE_TRANSFORMERS_JS must name a folder with ${PACKAGE}, got ${installation}`, cause);
  }
  throw notInstalled(`${PACKAGE} must have a version, but in ${installation} it has none`);
}

/** Loads it from there. */
export async function loadTransformersJs(installation: string): Promise<TransformersJs> {
  const entry = createRequire(join(installation, 'package.json')).resolve(PACKAGE);
  // The entry for require; beside it lies the one for import, of the same version.
  const file = join(dirname(entry), 'transformers.node.mjs');
  const loaded: unknown = await import(pathToFileURL(file).href);
  if (isTransformersJs(loaded)) return loaded;
  throw notInstalled(`${PACKAGE} must export its classes, but in ${installation} it does not`);
}

function isTransformersJs(value: unknown): value is TransformersJs {
  const names = ['env', 'Tensor', 'AutoModelForCausalLM'];
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}

function notInstalled(what: string, cause?: unknown): ClozeError {
  return new ClozeError('USAGE', {
    message: `${what}.`,
    hint: `Install it somewhere: npm install --ignore-scripts --prefix FOLDER ${PACKAGE}, and set CLOZE_TRANSFORMERS_JS=FOLDER.`,
    cause,
  });
}
