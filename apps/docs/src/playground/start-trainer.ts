import { wrap, type Remote } from 'comlink';
import type { Trainer } from './trainer.ts';

/** The trainer in its worker, as seen from the page. */
export type RemoteTrainer = Remote<Trainer>;

/** Starts the worker; the page stays free while it works. */
export function startTrainer(): RemoteTrainer {
  return wrap<Trainer>(new Worker(new URL('./trainer.worker.ts', import.meta.url), { type: 'module' }));
}
