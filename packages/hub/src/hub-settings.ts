import { ClozeError } from '@cloze/core';
import { isMissingFile } from './missing-file.ts';

/** Where and how model repositories are downloaded. What is absent comes from the environment, as in Python's `huggingface_hub`. */
export interface HubOptions {
  /** A branch, a tag or the hash of a commit. Default: `main`. Whatever it is, all files come from one commit. */
  readonly revision?: string;
  /** Default: `HF_ENDPOINT`, or https://huggingface.co. HTTPS only, save for this machine. */
  readonly endpoint?: string;
  /** The folder that holds a folder for each repository. Default: `HF_HUB_CACHE`, or `hub` in `HF_HOME`, or `~/.cache/huggingface/hub`. */
  readonly cacheFolder?: string;
  /** Default: `HF_TOKEN`, or what the file `token` in `HF_HOME` holds. Sent to the endpoint and to no other host. */
  readonly token?: string;
  /** Whether only what is in the cache is read. Default: whether `HF_HUB_OFFLINE` is set. */
  readonly isOffline?: boolean;
  /** Told of each piece of a file that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Stops downloads. What arrived is kept, and the next download goes on from there. */
  readonly signal?: AbortSignal;
  /** Default: the `fetch` of this machine. */
  readonly fetch?: Fetch;
}

/** The part of `fetch` that is used. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** How far the download of a file is. */
export interface DownloadProgress {
  readonly fileName: string;
  readonly receivedBytes: number;
  /** Undefined where the server does not say. */
  readonly totalBytes: number | undefined;
}

/** {@link HubOptions} with everything decided. */
export interface HubSettings extends Pick<HubOptions, 'onProgress' | 'signal'> {
  readonly revision: string;
  readonly endpoint: URL;
  readonly cacheFolder: string;
  readonly token: string | undefined;
  readonly isOffline: boolean;
  readonly fetch: Fetch;
}

/**
 * Decides what the options leave open.
 *
 * @throws {ClozeError} `USAGE` when the endpoint is no HTTPS address.
 */
export async function hubSettings(options: HubOptions): Promise<HubSettings> {
  const { homedir } = await import('node:os');
  const path = await import('node:path');
  const { env } = process;
  const home = env['HF_HOME'] ?? path.join(env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'huggingface');
  const endpoint = options.endpoint ?? env['HF_ENDPOINT'] ?? 'https://huggingface.co';
  return {
    ...options,
    revision: options.revision ?? 'main',
    endpoint: checkedUrl(endpoint),
    cacheFolder: options.cacheFolder ?? env['HF_HUB_CACHE'] ?? path.join(home, 'hub'),
    token: options.token ?? env['HF_TOKEN'] ?? (await savedToken(env['HF_TOKEN_PATH'] ?? path.join(home, 'token'))),
    isOffline: options.isOffline ?? isTrue(env['HF_HUB_OFFLINE']),
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
  };
}

/**
 * An address that may be asked: HTTPS, or HTTP on this machine.
 *
 * @throws {ClozeError} `USAGE` when it is another one.
 */
export function checkedUrl(address: string, base?: URL): URL {
  const url = URL.canParse(address, base?.href) ? new URL(address, base) : undefined;
  const isLocal = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return url;
  throw new ClozeError('USAGE', {
    message: `Models must be downloaded by HTTPS, got ${JSON.stringify(address.slice(0, 100))}.`,
    hint: 'Use an address that begins with https://; http:// is for this machine only.',
  });
}

async function savedToken(file: string): Promise<string | undefined> {
  const { readFile } = await import('node:fs/promises');
  try {
    const token = (await readFile(file, 'utf8')).trim();
    return token === '' ? undefined : token;
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['1', 'true', 'yes', 'on'].includes(value.toLowerCase());
}
