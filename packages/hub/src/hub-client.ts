import { ClozeError, isJsonObject, parseJson } from '@cloze/core';
import { sendRequest } from './hub-request.ts';
import { checkedUrl, type HubSettings } from './hub-settings.ts';
import { checkFileName } from './repository.ts';

/** A repository of models at a branch, tag or commit. */
export interface HubAddress {
  /** `owner/name`. */
  readonly id: string;
  readonly revision: string;
}

/** What the hub says of a file. */
export interface RemoteFile {
  readonly commit: string;
  /** Undefined where the repository has no such file; otherwise the hash of its content. */
  readonly etag: string | undefined;
  readonly totalBytes: number | undefined;
}

const MAX_LIST_BYTES = 20_000_000;

/** Asks the hub for files. */
export class HubClient {
  readonly #settings: HubSettings;

  constructor(settings: HubSettings) {
    this.#settings = settings;
  }

  /**
   * What the hub says of a file, without its content.
   *
   * @throws {ClozeError} `IO` when the hub cannot be reached or refuses, `DATA_INVALID` when there is no such repository or revision.
   */
  async stat(address: HubAddress, fileName: string): Promise<RemoteFile> {
    const url = this.#fileUrl(address, fileName);
    const { headers, status } = await sendRequest(this.#settings, url, { method: 'HEAD', followsToOtherHosts: false });
    const errorCode = headers.get('x-error-code');
    if (status === 404 && (errorCode === 'RepoNotFound' || errorCode === 'RevisionNotFound')) throw notFound(address);
    if (status >= 400 && status !== 404) throw refused(url, status);
    const commit = headers.get('x-repo-commit') ?? (isCommit(address.revision) ? address.revision : undefined);
    if (commit === undefined) throw noMetadata(url, 'the header X-Repo-Commit');
    checkFileName(commit, url.href);
    if (status === 404) return { commit, etag: undefined, totalBytes: undefined };
    const etag = withoutQuotes(headers.get('x-linked-etag') ?? headers.get('etag'));
    if (etag === undefined) throw noMetadata(url, 'the header ETag');
    checkFileName(etag, url.href);
    // Of a redirect, Content-Length is that of its page.
    const length = headers.get('x-linked-size') ?? (status < 300 ? headers.get('content-length') : null);
    return { commit, etag, totalBytes: length === null ? undefined : Number(length) };
  }

  /**
   * The content of a file from a byte on; from the beginning, with status 200, where the server cannot begin elsewhere.
   *
   * @throws {ClozeError} as {@link stat}.
   */
  async get(address: HubAddress, fileName: string, offset: number): Promise<Response> {
    const url = this.#fileUrl(address, fileName);
    const range = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const response = await sendRequest(this.#settings, url, {
      method: 'GET',
      headers: range,
      followsToOtherHosts: true,
    });
    if (response.status !== 200 && response.status !== 206) throw refused(url, response.status);
    return response;
  }

  /**
   * The names of all files of a repository.
   *
   * @throws {ClozeError} as {@link stat}.
   */
  async list({ id, revision }: HubAddress): Promise<string[]> {
    const url = checkedUrl(`api/models/${id}/revision/${encodeURIComponent(revision)}`, this.#base());
    const response = await sendRequest(this.#settings, url, { method: 'GET', followsToOtherHosts: false });
    if (!response.ok) throw refused(url, response.status);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const json = parseJson(bytes, { file: url.href, maxBytes: MAX_LIST_BYTES });
    const siblings: unknown = isJsonObject(json) ? json.siblings : undefined;
    const names = Array.isArray(siblings)
      ? siblings.map((entry: unknown) => (isNamed(entry) ? entry.rfilename : ''))
      : [];
    return names.filter((name) => name !== '').toSorted();
  }

  #base(): URL {
    const { href } = this.#settings.endpoint;
    return new URL(href.endsWith('/') ? href : `${href}/`);
  }

  #fileUrl({ id, revision }: HubAddress, fileName: string): URL {
    return checkedUrl(`${id}/resolve/${encodeURIComponent(revision)}/${encodeURIComponent(fileName)}`, this.#base());
  }
}

/** Whether a revision is the hash of a commit, which never means another one. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** `W/"0123"` -> `0123`. */
function withoutQuotes(etag: string | null): string | undefined {
  return etag?.replace(/^W\//, '').replaceAll('"', '');
}

function isNamed(entry: unknown): entry is { readonly rfilename: string } {
  return typeof entry === 'object' && entry !== null && 'rfilename' in entry && typeof entry.rfilename === 'string';
}

function notFound({ id, revision }: HubAddress): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: `The hub must have the repository ${id} with the revision ${revision}, it has none.`,
    hint: 'Check the name; a private repository needs a token in HF_TOKEN.',
  });
}

function refused(url: URL, status: number): ClozeError {
  return new ClozeError('IO', {
    message: `The hub must answer with the file, it answered with status ${status}.`,
    hint:
      status === 401 || status === 403
        ? 'Check the name; if it is right, set HF_TOKEN to a token that may read it, and accept its license on the hub.'
        : 'Try again later.',
    file: url.href,
  });
}

function noMetadata(url: URL, what: string): ClozeError {
  return new ClozeError('IO', {
    message: `The hub must say which commit and content a file has; ${what} is missing.`,
    hint: 'Check the endpoint: a proxy may have removed it.',
    file: url.href,
  });
}
