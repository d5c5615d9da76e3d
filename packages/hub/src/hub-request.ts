import { ClozeError } from '@cloze/core';
import { checkedUrl, type HubSettings } from './hub-settings.ts';

/** A request that may be repeated. */
export interface HubRequest {
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether to go where the hub points, as for contents; otherwise the pointing itself is the answer. */
  readonly followsToOtherHosts: boolean;
}

const MAX_REDIRECTS = 5;

/** For the beginning of an answer, and between two pieces of one. */
export const TIMEOUT_SECONDS = 30;

/** Before each new try, in seconds. */
const RETRY_DELAYS = [0.2, 1, 3];

/**
 * Sends a request, and again where that may help.
 *
 * @returns the answer, whatever its status.
 * @throws {ClozeError} `IO` when there is none; `CANCELLED` when the signal of the settings aborts.
 */
export async function sendRequest(settings: HubSettings, url: URL, request: HubRequest): Promise<Response> {
  for (const delay of RETRY_DELAYS) {
    const response = await follow(settings, url, request).catch((error: unknown) => {
      throwIfCancelled(settings.signal);
      if (error instanceof ClozeError) throw error;
      return undefined;
    });
    if (response !== undefined && !isTransient(response.status)) return response;
    await response?.body?.cancel();
    await pause(delay);
  }
  try {
    return await follow(settings, url, request);
  } catch (cause) {
    throwIfCancelled(settings.signal);
    if (cause instanceof ClozeError) throw cause;
    throw new ClozeError('IO', {
      message: `The hub must be reachable, it does not answer (${messageOf(cause)}).`,
      hint: 'Check the network and HF_ENDPOINT, or set HF_HUB_OFFLINE=1 to use what is in the cache.',
      file: url.href,
      cause,
    });
  }
}

/** @throws {ClozeError} `CANCELLED` when the signal says so. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new ClozeError('CANCELLED', {
    message: 'The download was stopped.',
    hint: 'Start it again; it goes on where it was.',
    cause: signal.reason,
  });
}

/** Waits, and a little longer by chance, so that many clients do not come back at once. */
export async function pause(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000 * (1 + Math.random() / 2)));
}

/**
 * Goes from redirect to redirect. Not `fetch`, because each address is checked before it is asked, and the token goes to the endpoint only.
 */
async function follow(
  { token, endpoint, signal, fetch }: HubSettings,
  first: URL,
  { method, headers = {}, followsToOtherHosts }: HubRequest,
): Promise<Response> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const mayKnowToken = token !== undefined && url.origin === endpoint.origin;
    const response = await beginning(signal, (until) =>
      fetch(url, {
        method,
        redirect: 'manual',
        // Uncompressed: lengths and ranges are those of the file.
        headers: {
          'accept-encoding': 'identity',
          ...headers,
          ...(mayKnowToken && { authorization: `Bearer ${token}` }),
        },
        signal: until,
      }),
    );
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    const next = checkedUrl(location, url);
    if (next.origin !== endpoint.origin && !followsToOtherHosts) return response;
    await response.body?.cancel();
    url = next;
  }
  throw new ClozeError('IO', {
    message: `The hub must answer after at most ${MAX_REDIRECTS} redirects.`,
    hint: 'Check the endpoint.',
    file: first.href,
  });
}

/** Waits for the beginning of an answer; its content may take longer. */
async function beginning(
  signal: AbortSignal | undefined,
  send: (until: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort(new Error(`no answer within ${TIMEOUT_SECONDS} s`));
  }, TIMEOUT_SECONDS * 1000);
  try {
    return await send(signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]));
  } finally {
    clearTimeout(timer);
  }
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** `fetch` says only that it failed; why is in the cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
