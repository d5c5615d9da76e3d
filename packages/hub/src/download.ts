// A namespace: a browser may load this file, but not call it.
import * as crypto from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { CheckpointError, ClozeError } from '@cloze/core';
import type { HubAddress, HubClient, RemoteFile } from './hub-client.ts';
import { pause, throwIfCancelled, TIMEOUT_SECONDS } from './hub-request.ts';
import type { HubOptions } from './hub-settings.ts';
import { isMissingFile } from './missing-file.ts';

/** What is to be downloaded. */
export interface DownloadRequest extends Pick<HubOptions, 'onProgress' | 'signal'> {
  readonly address: HubAddress;
  readonly fileName: string;
  readonly remote: RemoteFile & { readonly etag: string };
  /** Where the content goes. */
  readonly target: string;
}

/** How often a download that breaks off goes on without anything having arrived. */
const MAX_VAIN_TRIES = 4;

/**
 * Downloads a file. Its content gathers in `TARGET.incomplete` and gets its name when length and hash are right; after an interruption of any kind,
 * the next download goes on from there.
 *
 * Several downloads of one file may run at once: each writes the same bytes to the same places.
 *
 * @throws {CheckpointError} `CHECKPOINT_CORRUPT` when length or hash are wrong.
 * @throws {ClozeError} `IO` when the hub cannot be reached, `CANCELLED` when the signal aborts.
 */
export async function download(client: HubClient, request: DownloadRequest): Promise<void> {
  const { target } = request;
  if ((await sizeOf(target)) !== undefined) return;
  await fs.mkdir(path.dirname(target), { recursive: true });
  const incomplete = `${target}.incomplete`;
  // Kept open until all is checked: another download of the same file may give it its name at any time.
  const file = await fs.open(incomplete, fs.constants.O_RDWR | fs.constants.O_CREAT);
  try {
    const isContinued = (await file.stat()).size > 0;
    let problem = await complete(client, file, request);
    if (problem !== undefined && isContinued) {
      // What was there may have been of another kind; once more from the beginning.
      await file.truncate(0);
      problem = await complete(client, file, request);
    }
    if (problem !== undefined) {
      await fs.rm(incomplete, { force: true });
      throw notAsPromised(request, problem);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(incomplete, target);
}

/** Fetches what is missing of a file, again and again where the connection breaks, and compares it with what was promised. */
async function complete(
  client: HubClient,
  file: fs.FileHandle,
  request: DownloadRequest,
): Promise<Difference | undefined> {
  for (let vainTries = 0; ;) {
    const { size } = await file.stat();
    if (size === request.remote.totalBytes && size > 0) break;
    const cause = await fetchFrom(client, file, size, request);
    if (cause === undefined) break;
    throwIfCancelled(request.signal);
    vainTries = (await file.stat()).size > size ? 0 : vainTries + 1;
    if (vainTries === MAX_VAIN_TRIES) throw brokenOff(request, cause);
    await pause(vainTries);
  }
  return differenceOf(file, request.remote);
}

/** @returns what broke the connection, undefined if nothing did. */
async function fetchFrom(
  client: HubClient,
  file: fs.FileHandle,
  size: number,
  { address, fileName, remote, onProgress, signal }: DownloadRequest,
): Promise<Error | undefined> {
  const { totalBytes = Infinity } = remote;
  // What is longer than the whole is something else.
  const response = await client.get(address, fileName, size < totalBytes ? size : 0);
  let position = response.status === 206 ? size : 0;
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const piece = await nextPiece(reader);
    if (piece instanceof Error) return piece;
    if (piece === undefined) break;
    position += await writeAll(file, piece, position);
    onProgress?.({ fileName, receivedBytes: position, totalBytes: remote.totalBytes });
    if (position > totalBytes || signal?.aborted === true) {
      await reader.cancel();
      if (signal?.aborted === true) return new Error('cancelled');
      break;
    }
  }
  await file.truncate(position);
  return remote.totalBytes !== undefined && position < totalBytes ? new Error('the answer was too short') : undefined;
}

/** The next piece of an answer; undefined at its end, an error where the connection broke or is silent. */
async function nextPiece(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | Error | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Error>((resolve) => {
    timer = setTimeout(() => {
      resolve(new Error(`nothing arrived for ${TIMEOUT_SECONDS} s`));
    }, TIMEOUT_SECONDS * 1000);
  });
  const piece = reader.read().then(
    ({ value }) => value,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  try {
    const first = await Promise.race([piece, silence]);
    if (first instanceof Error) void reader.cancel().catch(() => undefined);
    return first;
  } finally {
    clearTimeout(timer);
  }
}

/** How a file is not what was promised. */
interface Difference {
  readonly what: 'length' | 'hash';
  readonly expected: string;
  readonly actual: string;
}

/** Length first, then the hash, where the etag is one: SHA-256 for large files, Git's SHA-1 of a blob for others. */
async function differenceOf(
  file: fs.FileHandle,
  { etag, totalBytes }: DownloadRequest['remote'],
): Promise<Difference | undefined> {
  const { size } = await file.stat();
  if (totalBytes !== undefined && size !== totalBytes) {
    return { what: 'length', expected: String(totalBytes), actual: String(size) };
  }
  const hash = hashFor(etag, size);
  if (hash === undefined) return undefined;
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) hash.update(chunk as Buffer);
  const actual = hash.digest('hex');
  return actual === etag ? undefined : { what: 'hash', expected: etag, actual };
}

function hashFor(etag: string, size: number): crypto.Hash | undefined {
  if (/^[0-9a-f]{64}$/.test(etag)) return crypto.createHash('sha256');
  return /^[0-9a-f]{40}$/.test(etag) ? crypto.createHash('sha1').update(`blob ${size}\0`) : undefined;
}

/** `FileHandle.write` may take less than it is given. */
async function writeAll(file: fs.FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
  return written;
}

/** Another download of the same file may have been faster. */
async function rename(incomplete: string, target: string): Promise<void> {
  try {
    await fs.rename(incomplete, target);
  } catch (error) {
    if (!isMissingFile(error) || (await sizeOf(target)) === undefined) throw error;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await fs.stat(file)).size;
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

function notAsPromised({ address, fileName }: DownloadRequest, difference: Difference): CheckpointError {
  const { what, expected, actual } = difference;
  return new CheckpointError('CHECKPOINT_CORRUPT', {
    message: `A downloaded file must have the ${what} that the hub promised; it has another one.`,
    hint: 'Download it again; if that does not help, report it to the owner of the model.',
    file: `${address.id}/${fileName}`,
    expected,
    actual,
  });
}

function brokenOff({ address, fileName }: DownloadRequest, cause: Error): ClozeError {
  return new ClozeError('IO', {
    message: `The download must not break off again and again (${cause.message}).`,
    hint: 'Start it again; it goes on where it was.',
    file: `${address.id}/${fileName}`,
    cause,
  });
}
