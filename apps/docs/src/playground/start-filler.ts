import { wrap, type Remote } from 'comlink';
import type { Filler } from './filler.ts';

/** The filler in its worker, as seen from the page. */
export type RemoteFiller = Remote<Filler>;

/** Starts the worker; the page stays free while it works. */
export function startFiller(): RemoteFiller {
  return wrap<Filler>(new Worker(new URL('./filler.worker.ts', import.meta.url), { type: 'module' }));
}
