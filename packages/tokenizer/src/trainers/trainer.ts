import { TokenizerError } from '../errors.ts';

/** Lines or documents; read once, from front to back, so that a corpus may be larger than memory. */
export type Corpus = Iterable<string>;

/** What a trainer tells its caller. */
export interface TrainingProgress {
  readonly phase: 'count' | 'alphabet' | 'seed' | 'merge' | 'expectation-maximization';
  /** Steps done, of `total` where that is known: texts, then tokens or rounds. */
  readonly done: number;
  readonly total?: number | undefined;
}

/** What every trainer takes. */
export interface TrainerControls {
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Abort stops the training with `CANCELLED`. */
  readonly signal?: AbortSignal;
}

/** @throws {TokenizerError} `CANCELLED` when the signal has been aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new TokenizerError('CANCELLED', 'the training was cancelled', { cause: signal.reason });
}
