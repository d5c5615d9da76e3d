import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disposeModule } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it, vi } from 'vitest';
import { COMMIT, REPOSITORY, testHub, type TestHub } from './fixtures/hub-server.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { FAMILIES, tinyGpt } from './fixtures/tiny-gpt.ts';
import { hubRepository } from './hub-repository.ts';
import type { HubOptions } from './hub-settings.ts';
import { loadPretrained } from './load-pretrained.ts';
import { openRepository } from './open-repository.ts';
import { readSmallFile, type Repository } from './repository.ts';
import { savePretrained } from './save-pretrained.ts';

leaksNoTensors();

/** A hub with a tiny model, and an empty cache. */
async function hubWithModel(): Promise<{ hub: TestHub; cacheFolder: string; open: Open }> {
  const folder = await temporaryFolder();
  const parts = tinyGpt();
  await savePretrained(folder, parts);
  disposeModule(parts.model);
  const names = await readdir(folder);
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
  const hub = await testHub(new Map(names.map((name, index) => [name, contents[index] ?? Buffer.alloc(0)])));
  const cacheFolder = await temporaryFolder();
  return {
    hub,
    cacheFolder,
    open: (options) => hubRepository(REPOSITORY, { endpoint: hub.endpoint, cacheFolder, token: 'secret', ...options }),
  };
}

type Open = (options?: HubOptions) => Promise<Repository>;

async function textOf(repository: Repository, fileName: string): Promise<string | undefined> {
  const found = await readSmallFile(repository, fileName, 1e6);
  return found && new TextDecoder().decode(found.bytes);
}

const WEIGHTS = 'model.safetensors';

async function sizeOfWeights(repository: Repository): Promise<number | undefined> {
  const file = await repository.open(WEIGHTS);
  await file?.close();
  return file?.size;
}

describe('hubRepository', () => {
  it('loads a model into a cache that Python reads, and asks once for each file', async () => {
    const { hub, cacheFolder, open } = await hubWithModel();
    const loaded = await loadPretrained(FAMILIES, await open());
    expect(loaded.tokenizer?.encode('to be').ids).toHaveLength(5);
    disposeModule(loaded.model);

    const folder = join(cacheFolder, 'models--somebody--tiny-gpt');
    expect((await readdir(folder)).sort()).toEqual(['blobs', 'refs', 'snapshots']);
    expect(await readFile(join(folder, 'refs/main'), 'utf8')).toBe(COMMIT);
    expect(await readdir(join(folder, 'snapshots', COMMIT))).toEqual([...hub.files.keys()].sort());
    const blob = await readlink(join(folder, 'snapshots', COMMIT, WEIGHTS));
    expect(blob).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/);
    expect(await readFile(join(folder, 'snapshots', COMMIT, WEIGHTS))).toEqual(hub.files.get(WEIGHTS));
    expect((await readdir(join(folder, 'blobs'))).every((name) => !name.endsWith('.incomplete'))).toBe(true);

    hub.requests.length = 0;
    disposeModule((await loadPretrained(FAMILIES, await open({ revision: COMMIT }))).model);
    expect(hub.requests).toEqual([]);
    // A branch may have moved: one question, for the first file.
    disposeModule((await loadPretrained(FAMILIES, await open())).model);
    expect(hub.requests).toHaveLength(1);
    // And the snapshot is a folder like any other.
    disposeModule((await loadPretrained(FAMILIES, join(folder, 'snapshots', COMMIT))).model);
  });

  it('takes all files from the commit of the first, and sends the token to the endpoint only', async () => {
    const { hub, open } = await hubWithModel();
    const repository = await open();
    await textOf(repository, 'config.json');
    await sizeOfWeights(repository);
    expect(hub.requests).toEqual([
      `hub HEAD /${REPOSITORY}/resolve/main/config.json Bearer secret`,
      `hub GET /${REPOSITORY}/resolve/${COMMIT}/config.json Bearer secret`,
      `hub HEAD /${REPOSITORY}/resolve/${COMMIT}/${WEIGHTS} Bearer secret`,
      `hub GET /${REPOSITORY}/resolve/${COMMIT}/${WEIGHTS} Bearer secret`,
      `storage GET /${WEIGHTS}`,
    ]);
  });

  it('remembers that there is no such file', async () => {
    const { hub, open } = await hubWithModel();
    for (let time = 0; time < 2; time++)
      expect(await textOf(await open({ revision: COMMIT }), 'spiece.model')).toBeUndefined();
    expect(hub.requests).toHaveLength(1);
    expect(await (await open()).list()).toEqual([...hub.files.keys()].sort());
  });

  it('reads only the cache when it is offline', async () => {
    const { hub, cacheFolder, open } = await hubWithModel();
    await expect(open({ isOffline: true })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: IO: Offline, the cache must hold hf://somebody/tiny-gpt; it does not. Unset HF_HUB_OFFLINE and load it once.]`,
    );
    await textOf(await open(), 'config.json');
    hub.requests.length = 0;
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    vi.stubEnv('HF_HUB_CACHE', cacheFolder);
    const repository = await openRepository(`hf://${REPOSITORY}`);
    vi.unstubAllEnvs();
    expect(await textOf(repository, 'config.json')).toBe(hub.files.get('config.json')?.toString());
    expect(await repository.list()).toEqual(['config.json']);
    expect(await textOf(repository, 'tokenizer.json')).toBeUndefined();
    expect(hub.requests).toEqual([]);
  });

  it('is found by environment variables and by id where there is no folder of that name', async () => {
    const { hub } = await hubWithModel();
    const home = await temporaryFolder();
    await writeFile(join(home, 'token'), 'from-file\n');
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    vi.stubEnv('HF_HOME', home);
    vi.stubEnv('HF_HUB_CACHE', undefined);
    vi.stubEnv('HF_TOKEN', undefined);
    const repository = await openRepository(REPOSITORY);
    const pinned = await openRepository(`hf://${REPOSITORY}@${COMMIT}`);
    vi.unstubAllEnvs();
    expect(await textOf(repository, 'config.json')).toBeDefined();
    expect(hub.requests[0]).toContain('/resolve/main/config.json Bearer from-file');
    expect(await readdir(join(home, 'hub'))).toEqual(['models--somebody--tiny-gpt']);
    expect(pinned.name).toBe(`hf://${REPOSITORY}@${COMMIT}`);
  });
});

describe('downloads', () => {
  it('go on where they broke off, in one process and in the next', async () => {
    const { hub, cacheFolder, open } = await hubWithModel();
    const size = hub.files.get(WEIGHTS)?.length;
    hub.faults.breaksAfter = [1000, 500];
    expect(await sizeOfWeights(await open())).toBe(size);
    expect(hub.requests.filter((request) => request.startsWith('storage'))).toEqual([
      `storage GET /${WEIGHTS}`,
      `storage GET /${WEIGHTS} bytes=1000-`,
      `storage GET /${WEIGHTS} bytes=1500-`,
    ]);
    // What a killed process leaves behind.
    const blobs = join(cacheFolder, 'models--somebody--tiny-gpt/blobs');
    const [name = ''] = await readdir(blobs);
    const second = await temporaryFolder();
    await (await open({ cacheFolder: second })).open('config.json').then((file) => file?.close());
    const left = join(second, 'models--somebody--tiny-gpt/blobs', `${name}.incomplete`);
    await writeFile(left, (await readFile(join(blobs, name))).subarray(0, 700));
    hub.requests.length = 0;
    expect(await sizeOfWeights(await open({ cacheFolder: second }))).toBe(size);
    expect(hub.requests.at(-1)).toBe(`storage GET /${WEIGHTS} bytes=700-`);
  });

  it('begin anew where what is there is something else, or the server knows no ranges', async () => {
    for (const ignoresRanges of [false, true]) {
      const { hub, cacheFolder, open } = await hubWithModel();
      hub.faults.ignoresRanges = ignoresRanges;
      const repository = await open();
      await textOf(repository, 'config.json');
      const etag = (await import('node:crypto'))
        .createHash('sha256')
        .update(hub.files.get(WEIGHTS) ?? '')
        .digest('hex');
      const blob = join(cacheFolder, 'models--somebody--tiny-gpt/blobs', etag);
      await writeFile(`${blob}.incomplete`, Buffer.alloc(300, 7));
      await sizeOfWeights(repository);
      expect(await readFile(blob)).toEqual(hub.files.get(WEIGHTS));
    }
  });

  it('of one file at once give one file', async () => {
    const { hub, cacheFolder, open } = await hubWithModel();
    const sizes = await Promise.all([1, 2, 3].map(async () => sizeOfWeights(await open())));
    expect(new Set(sizes)).toEqual(new Set([hub.files.get(WEIGHTS)?.length]));
    expect(await readdir(join(cacheFolder, 'models--somebody--tiny-gpt/blobs'))).toHaveLength(1);
  });

  it('try again where the hub is busy', async () => {
    const { hub, open } = await hubWithModel();
    hub.faults.statuses = [503, 429];
    expect(await textOf(await open(), 'config.json')).toBeDefined();
  });

  it('refuse contents that are not what the hub promised', async () => {
    const { hub, open } = await hubWithModel();
    hub.faults.damages = true;
    await expect(sizeOfWeights(await open())).rejects.toThrow(
      'CHECKPOINT_CORRUPT: somebody/tiny-gpt/model.safetensors: A downloaded file must have the hash that the hub promised; it has another one.',
    );
    await expect(textOf(await open(), 'config.json')).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
  });

  it('tell how far they are, and stop when they are told to', async () => {
    const { hub, open } = await hubWithModel();
    const seen: number[] = [];
    await sizeOfWeights(await open({ onProgress: ({ receivedBytes }) => seen.push(receivedBytes) }));
    expect(seen.at(-1)).toBe(hub.files.get(WEIGHTS)?.length);
    await expect(
      sizeOfWeights(await open({ cacheFolder: await temporaryFolder(), signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('what is refused', () => {
  const LOCAL = /127\.0\.0\.1:\d+/g;
  async function failure(promise: Promise<unknown>): Promise<string> {
    return promise.then(
      () => 'nothing',
      (error: unknown) => (error instanceof Error ? error.message.replace(LOCAL, 'HOST') : String(error)),
    );
  }

  it('says which repository or file is meant', async () => {
    const { hub, open } = await hubWithModel();
    const other = await hubRepository('somebody/else', {
      endpoint: hub.endpoint,
      cacheFolder: await temporaryFolder(),
    });
    expect(await failure(other.open('config.json'))).toMatchInlineSnapshot(
      `"DATA_INVALID: The hub must have the repository somebody/else with the revision main, it has none. Check the name; a private repository needs a token in HF_TOKEN."`,
    );
    hub.faults.statuses = [401];
    expect(await failure((await open()).open('config.json'))).toMatchInlineSnapshot(
      `"IO: http://HOST/somebody/tiny-gpt/resolve/main/config.json: The hub must answer with the file, it answered with status 401. Check the name; if it is right, set HF_TOKEN to a token that may read it, and accept its license on the hub."`,
    );
    hub.faults.statuses = [418];
    expect(await failure((await open()).open('config.json'))).toMatchInlineSnapshot(
      `"IO: http://HOST/somebody/tiny-gpt/resolve/main/config.json: The hub must answer with the file, it answered with status 418. Try again later."`,
    );
    expect(await failure((await open()).open('../config.json'))).toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: hf://somebody/tiny-gpt: A file name must be plain (letters, digits, dots, dashes), got "../config.json". The folder is damaged or hostile; download it again."`,
    );
    expect(await failure(hubRepository('../somebody'))).toMatchInlineSnapshot(
      `"USAGE: A repository must be named as owner/name, got "../somebody". Copy the name from its page on the hub."`,
    );
    expect(await failure(hubRepository('a/b', { endpoint: 'http://example.com' }))).toMatchInlineSnapshot(
      `"USAGE: Models must be downloaded by HTTPS, got "http://example.com". Use an address that begins with https://; http:// is for this machine only."`,
    );
  });

  it('follows no redirect to a host without HTTPS', async () => {
    const { open } = await hubWithModel();
    const redirecting = await open({
      fetch: () => Promise.resolve(new Response(null, { status: 302, headers: { location: 'http://example.com/x' } })),
    });
    expect(await failure(redirecting.open('config.json'))).toContain('Models must be downloaded by HTTPS');
  });

  it.each(['x-repo-commit', 'etag'])('takes no path from the header %s', async (header) => {
    const { open } = await hubWithModel();
    const headers = { 'x-repo-commit': COMMIT, etag: 'abc', [header]: '../../outside' };
    const hostile = await open({ fetch: () => Promise.resolve(new Response(null, { headers })) });
    expect(await failure(hostile.open('config.json'))).toContain('A file name must be plain');
  });

  it('gives up where nobody answers', async () => {
    const { open } = await hubWithModel();
    const silent = await open({ fetch: () => Promise.reject(new Error('refused')) });
    expect(await failure(silent.open('config.json'))).toMatchInlineSnapshot(
      `"IO: http://HOST/somebody/tiny-gpt/resolve/main/config.json: The hub must be reachable, it does not answer (refused). Check the network and HF_ENDPOINT, or set HF_HUB_OFFLINE=1 to use what is in the cache."`,
    );
  }, 20_000);
});
