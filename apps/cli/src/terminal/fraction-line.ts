import { formatDuration } from './format.ts';

/** What a terminal and a file have in common here. */
type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

const REDRAW_SECONDS = 0.1;
const PLAIN_SECONDS = 15;

/** One line that tells how much of something is done: redrawn in place on a terminal, written now and then elsewhere. */
export class FractionLine {
  readonly #stream: Stream;
  readonly #now: () => number;
  readonly #start: number;
  #shown: number;
  #isOpen = false;

  /** @param now the time in seconds. Default: that of the process. */
  constructor(stream: Stream, now: () => number = () => performance.now() / 1000) {
    this.#stream = stream;
    this.#now = now;
    this.#start = now();
    this.#shown = -Infinity;
  }

  /** Shows how far it is unless that was shown just now. */
  update(fraction: number, doing: string): void {
    const now = this.#now();
    const isTerminal = this.#stream.isTTY === true;
    if (now - this.#shown < (isTerminal ? REDRAW_SECONDS : PLAIN_SECONDS)) return;
    this.#shown = now;
    const elapsed = now - this.#start;
    const left = fraction > 0.01 ? `, ${formatDuration((elapsed * (1 - fraction)) / fraction)} left` : '';
    const line = `${Math.floor(100 * fraction)} %, ${doing}${left}`;
    if (isTerminal) this.#stream.write(`\r\u001b[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
    else this.#stream.write(`${line}\n`);
    this.#isOpen = isTerminal;
  }

  /** Clears the line. */
  finish(): void {
    if (this.#isOpen) this.#stream.write('\r\u001b[2K');
    this.#isOpen = false;
  }
}
