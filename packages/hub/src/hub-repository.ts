import { ClozeError } from '@cloze/core';
import { HubClient, isCommit } from './hub-client.ts';
import { hubSettings, type HubOptions, type HubSettings } from './hub-settings.ts';
import { checkFileName, folderRepository, type Repository } from './repository.ts';

/**
 * A repository on the Hugging Face Hub. Files are downloaded when they are opened, once, into the cache that Python's `huggingface_hub` uses as well.
 * All of them come from the commit that the revision names when the first is opened.
 *
 * @param id `owner/name`, or a name alone for the oldest models.
 * @throws {ClozeError} `USAGE` when the id or the endpoint is none. Opening a file throws `IO` when the hub cannot be reached, `DATA_INVALID` when there
 *   is no such repository, `CHECKPOINT_CORRUPT` when length or hash of a file are wrong, `CANCELLED` when the signal aborts.
 * @example
 * const repository = await hubRepository('openai-community/gpt2', { revision: '607a30d783dfa663caf39e06633721c8d4cfcd7e' });
 * const { model } = await loadPretrained([anyFamily(gptFamily)], repository);
 */
export async function hubRepository(id: string, options: HubOptions = {}): Promise<Repository> {
  if (!/^\w[\w.-]*(\/\w[\w.-]*)?$/.test(id)) {
    throw new ClozeError('USAGE', {
      message: `A repository must be named as owner/name, got ${JSON.stringify(id.slice(0, 100))}.`,
      hint: 'Copy the name from its page on the hub.',
    });
  }
  const settings = await hubSettings(options);
  // Imported here, so that a browser can load this package.
  const { HubCache } = await import('./hub-cache.ts');
  const cache = new HubCache(settings.cacheFolder, id);
  return settings.isOffline ? cachedRepository(id, cache, settings) : remoteRepository(id, cache, settings);
}

type Cache = InstanceType<typeof import('./hub-cache.ts').HubCache>;

async function cachedRepository(id: string, cache: Cache, { revision }: HubSettings): Promise<Repository> {
  const commit = isCommit(revision) ? revision : await cache.commitOf(revision);
  if (commit !== undefined) return { ...(await folderRepository(cache.snapshot(commit))), name: nameOf(id, revision) };
  throw new ClozeError('IO', {
    message: `Offline, the cache must hold ${nameOf(id, revision)}; it does not.`,
    hint: 'Unset HF_HUB_OFFLINE and load it once.',
  });
}

function remoteRepository(id: string, cache: Cache, settings: HubSettings): Repository {
  const client = new HubClient(settings);
  const { revision, onProgress, signal } = settings;
  const name = nameOf(id, revision);
  let commit = isCommit(revision) ? revision : undefined;

  /** Whether there is such a file; then it is in the snapshot. */
  const fetchFile = async (fileName: string): Promise<boolean> => {
    if (commit !== undefined && (await cache.has(commit, fileName))) return true;
    if (commit !== undefined && (await cache.isAbsent(commit, fileName))) return false;
    const remote = await client.stat({ id, revision: commit ?? revision }, fileName);
    if (commit === undefined && remote.commit !== revision) await cache.saveCommit(revision, remote.commit);
    commit ??= remote.commit;
    const { etag } = remote;
    if (etag === undefined) {
      await cache.markAbsent(commit, fileName);
      return false;
    }
    const { download } = await import('./download.ts');
    const address = { id, revision: commit };
    const target = cache.blob(etag);
    await download(client, {
      address,
      fileName,
      remote: { ...remote, etag },
      target,
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
    await cache.link(commit, fileName, etag);
    return true;
  };

  return {
    name,
    list: () => client.list({ id, revision: commit ?? revision }),
    open: async (fileName) => {
      checkFileName(fileName, name);
      const isThere = await fetchFile(fileName);
      if (!isThere || commit === undefined) return undefined;
      return (await folderRepository(cache.snapshot(commit))).open(fileName);
    },
  };
}

function nameOf(id: string, revision: string): string {
  return revision === 'main' ? `hf://${id}` : `hf://${id}@${revision}`;
}
