import { open, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ClozeError, isJsonObject, openSafetensors, parseJson } from '@cloze/core';
import { readText } from '@cloze/datasets';
import { checkPretrained, findFamily } from '@cloze/hub';
import { Tokenizer } from '@cloze/tokenizer';
import { checkpointNames, DurableFiles, listCheckpoints, verifyCheckpoint } from '@cloze/training';
import { FAMILIES } from './families.ts';
import { namesIn } from './run-folder.ts';
import { formatCount, plural } from './terminal/format.ts';

/** What a sound path holds, in a few words. */
export type Soundness = { readonly kind: string; readonly summary: string };

/**
 * Checks a file or folder in full, without building a model.
 *
 * @throws {ClozeError} what is wrong with it, and where.
 */
export async function checkPath(path: string): Promise<Soundness> {
  const status = await stat(path).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')))
      throw cause;
    throw new ClozeError('DATA_INVALID', {
      message: 'The path must exist, found nothing.',
      hint: 'Check the spelling.',
      file: path,
      cause,
    });
  });
  return status.isDirectory() ? checkFolder(path) : checkFile(path);
}

async function checkFolder(path: string): Promise<Soundness> {
  const names = await namesIn(path);
  if (names.includes('training-state.json')) {
    const { step } = await verifyCheckpoint(path, await DurableFiles.open());
    await checkPretrained(FAMILIES, path);
    return { kind: 'checkpoint', summary: `step ${formatCount(step)}` };
  }
  const checkpoints = checkpointNames(names);
  for (const { error } of checkpoints.length === 0 ? [] : await listCheckpoints(path))
    if (error !== undefined) throw error;
  if (!names.includes('config.json') && checkpoints.length > 0)
    return { kind: 'run', summary: plural(checkpoints.length, 'checkpoint') };
  if (!names.includes('config.json') && names.includes('tokenizer.json'))
    return checkFile(join(path, 'tokenizer.json'));
  const { family, task, numParameters } = await checkPretrained(FAMILIES, path);
  const run = checkpoints.length === 0 ? '' : `, ${plural(checkpoints.length, 'checkpoint')}`;
  return { kind: 'model', summary: `${family.name} for ${task}, ${formatCount(numParameters)} parameters${run}` };
}

async function checkFile(path: string): Promise<Soundness> {
  const name = basename(path);
  if (name.endsWith('.safetensors')) return checkSafetensors(path);
  if (name === 'tokenizer.json') {
    const { vocabSize } = Tokenizer.fromJson(await readFile(path), { file: path });
    return { kind: 'tokenizer', summary: `${formatCount(vocabSize)} tokens` };
  }
  if (name === 'config.json') {
    const json = parseJson(await readFile(path), { file: path });
    if (!isJsonObject(json)) throw notAnObject(path);
    const family = findFamily(FAMILIES, json, path);
    family.parseConfig(json);
    return { kind: 'configuration', summary: family.name };
  }
  if (name.endsWith('.json')) {
    parseJson(await readFile(path), { file: path });
    return { kind: 'JSON', summary: 'well-formed' };
  }
  let length = 0;
  for await (const piece of readText(path)) length += piece.length;
  return { kind: 'text', summary: `${formatCount(length)} characters` };
}

async function checkSafetensors(path: string): Promise<Soundness> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    const file = await openSafetensors({ file: path, size, read });
    for (const name of file.entries.keys()) await file.read(name);
    return { kind: 'safetensors', summary: plural(file.entries.size, 'tensor') };
  } finally {
    await handle.close();
  }
}

function notAnObject(path: string): ClozeError {
  return new ClozeError('JSON_TYPE', {
    message: 'The file must hold a JSON object.',
    hint: 'Take it from where the model comes from.',
    file: path,
  });
}
