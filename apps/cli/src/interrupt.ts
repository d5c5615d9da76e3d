/** A run that a signal ended in an orderly way; has the fields of core's `ClozeError`. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly code = 'CANCELLED';
  readonly exitCode: number;
  readonly hint: string;
  readonly step: number | undefined;

  constructor({
    exitCode,
    message,
    hint,
    step,
  }: {
    exitCode: number;
    message: string;
    hint: string;
    step?: number | undefined;
  }) {
    super(`CANCELLED: ${message} ${hint}`);
    this.exitCode = exitCode;
    this.hint = hint;
    this.step = step;
  }
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Turns Ctrl-C and SIGTERM into a wish to stop; a second one ends the process at once. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #onFirst: () => void;
  #exitCode: number = EXIT_CODES.SIGINT;

  /** @param onFirst told when somebody wants to stop. */
  constructor(onFirst: () => void) {
    this.#onFirst = onFirst;
    process.on('SIGINT', this.#receive);
    process.on('SIGTERM', this.#receive);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The status that the process ends with: 130 or 143. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Signals do again what they did before. */
  close(): void {
    process.off('SIGINT', this.#receive);
    process.off('SIGTERM', this.#receive);
  }

  readonly #receive = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (this.#controller.signal.aborted) process.exit(EXIT_CODES[signal]);
    this.#exitCode = EXIT_CODES[signal];
    this.#controller.abort();
    this.#onFirst();
  };
}
