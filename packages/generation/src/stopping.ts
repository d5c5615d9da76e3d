import { ClozeError } from '@cloze/core';

/**
 * Cuts a stream of text before the first of some texts. Text that may be the beginning of one is held back until that is decided.
 */
export class StopTexts {
  readonly #stops: readonly string[];
  readonly #longest: number;
  #held = '';

  /** @param stops texts that are not empty. */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
    this.#longest = Math.max(0, ...this.#stops.map(({ length }) => length));
  }

  /** The text that can be given out, and whether it ends here. */
  push(piece: string): { readonly text: string; readonly isStopped: boolean } {
    const text = this.#held + piece;
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0);
    if (found.length > 0) {
      this.#held = '';
      return { text: text.slice(0, Math.min(...found)), isStopped: true };
    }
    const numHeld = this.#lengthOfBeginning(text);
    this.#held = text.slice(text.length - numHeld);
    return { text: text.slice(0, text.length - numHeld), isStopped: false };
  }

  /** What was held back and turned out to be none of the texts. */
  finish(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }

  /** How many last characters of a text are the beginning of a stop. */
  #lengthOfBeginning(text: string): number {
    for (let length = Math.min(this.#longest - 1, text.length); length > 0; length--) {
      const end = text.slice(-length);
      if (this.#stops.some((stop) => stop.startsWith(end))) return length;
    }
    return 0;
  }
}

/** @throws {ClozeError} `CANCELLED` when the signal says so. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new ClozeError('CANCELLED', {
    message: 'The generation was stopped.',
    hint: 'Start it again.',
    cause: signal.reason,
  });
}
