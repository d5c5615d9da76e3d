import { formatCount, formatDuration, formatLoss } from './format.ts';
import { styleFor, type Style } from './style.ts';

/** What a training run tells of itself after a step. */
export interface Progress {
  /** Steps taken, from 1. */
  readonly step: number;
  /** In nats per token. */
  readonly loss: number;
  /** The latest there is, in nats per token. */
  readonly validationLoss?: number | undefined;
  readonly tokensPerSecond: number;
}

/** Where and how often progress is shown. */
export interface ProgressLineOptions {
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly totalSteps: number;
  /** Where a resumed run begins. Default: 0. */
  readonly firstStep?: number;
  /** How often a line is written where the stream is no terminal, in seconds. Default: 5. */
  readonly plainInterval?: number;
  /** The time in seconds. Default: that of the process. */
  readonly now?: () => number;
}

// Fast enough to look alive, slow enough to cost nothing.
const REDRAW_INTERVAL = 0.1;

/** One line that tells how a run is getting on: redrawn in place on a terminal, written now and then elsewhere. */
export class ProgressLine {
  private readonly stream: ProgressLineOptions['stream'];
  private readonly totalSteps: number;
  private readonly interval: number;
  private readonly isTerminal: boolean;
  private readonly now: () => number;
  private readonly style: Style;
  private readonly started: { readonly step: number; readonly time: number };
  private latest: Progress | undefined;
  private shown: { readonly step: number; readonly time: number };
  private isOpen = false;

  constructor({ stream, totalSteps, firstStep = 0, plainInterval = 5, now = processSeconds }: ProgressLineOptions) {
    this.stream = stream;
    this.totalSteps = totalSteps;
    this.isTerminal = stream.isTTY ?? false;
    this.interval = this.isTerminal ? REDRAW_INTERVAL : plainInterval;
    this.now = now;
    this.style = styleFor(stream);
    this.started = { step: firstStep, time: now() };
    this.shown = this.started;
  }

  /** Shows the progress unless it was shown just now. */
  update(progress: Progress): void {
    this.latest = progress;
    if (this.now() - this.shown.time >= this.interval) this.show(progress);
  }

  /** Writes a line of its own that stays, above the progress. */
  note(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
    if (this.isTerminal && this.latest !== undefined) this.show(this.latest);
  }

  /** Shows the last progress and leaves it standing. */
  finish(): void {
    if (this.latest !== undefined && this.latest.step !== this.shown.step) this.show(this.latest);
    if (this.isOpen) this.stream.write('\n');
    this.isOpen = false;
  }

  private show(progress: Progress): void {
    this.shown = { step: progress.step, time: this.now() };
    if (!this.isTerminal) {
      this.stream.write(`${this.parts(progress).join(', ')}\n`);
      return;
    }
    this.clear();
    this.stream.write(this.fitted(progress));
    this.isOpen = true;
  }

  private clear(): void {
    if (this.isOpen) this.stream.write('\r\u001b[2K');
    this.isOpen = false;
  }

  /** A bar and as many parts as fit; a line that wraps could not be redrawn. */
  private fitted(progress: Progress): string {
    const columns = (this.stream.columns ?? 80) - 1;
    const [position = '', ...rest] = this.parts(progress);
    const text = [position, ...rest].join('  ');
    const room = columns - text.length - 2;
    if (room < 8) return text.slice(0, columns);
    const width = Math.min(room, 30);
    const filled = Math.round((progress.step / this.totalSteps) * width);
    const bar = this.style.cyan('━'.repeat(filled)) + this.style.dim('─'.repeat(width - filled));
    return [this.style.bold(position), bar, ...rest].join('  ');
  }

  private parts({ step, loss, validationLoss, tokensPerSecond }: Progress): string[] {
    return [
      `step ${formatCount(step)}/${formatCount(this.totalSteps)}`,
      `loss ${formatLoss(loss)}`,
      ...(validationLoss === undefined ? [] : [`validation ${formatLoss(validationLoss)}`]),
      `${formatCount(tokensPerSecond)} tokens/s`,
      ...(step < this.totalSteps ? [`${formatDuration(this.timeLeft(step))} left`] : []),
    ];
  }

  private timeLeft(step: number): number {
    const secondsPerStep = (this.now() - this.started.time) / Math.max(1, step - this.started.step);
    return secondsPerStep * (this.totalSteps - step);
  }
}

function processSeconds(): number {
  return performance.now() / 1000;
}
