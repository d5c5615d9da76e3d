import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ClozeError, type JsonObject } from '@cloze/core';
import { numberOf, parseLine, parseRunReply, type RunReply, type WorkerRequest } from './protocol.ts';

/** A program that answers requests, and what to call it in messages. */
export interface WorkerCommand {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** The worker of this package: all engines but PyTorch. */
export function nodeWorker(title: string): WorkerCommand {
  return { title, command: process.execPath, args: [fileURLToPath(new URL('worker.js', import.meta.url))] };
}

const SHOWN_ERROR_CHARACTERS = 2000;

/** A child process that answers one request after the other. */
export class WorkerProcess {
  readonly #title: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #replies: AsyncIterator<string, undefined>;
  #errorOutput = '';

  constructor({ title, command, args }: WorkerCommand) {
    this.#title = title;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-SHOWN_ERROR_CHARACTERS);
    });
    // Both are reported by the request that then gets no reply.
    this.#child.on('error', (error) => (this.#errorOutput += error.message));
    this.#child.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#replies = this.#lines[Symbol.asyncIterator]();
  }

  /** @throws {ClozeError} `INTERNAL` with the worker's own words when it fails or ends. */
  async ask(request: WorkerRequest): Promise<JsonObject> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    let line = await this.#replies.next();
    // The Rust tokenizers end their progress with an empty line.
    while (line.value === '') line = await this.#replies.next();
    if (line.done === true) throw this.#failed('it ended', this.#errorOutput);
    const reply = parseLine(line.value);
    if (typeof reply['error'] === 'string') throw this.#failed('it failed', reply['error']);
    return reply;
  }

  /** Runs some steps. */
  async run(count: number): Promise<RunReply> {
    return parseRunReply(await this.ask({ request: 'run', count }));
  }

  /** In bytes, since the process began. */
  async peakMemory(): Promise<number> {
    return numberOf(await this.ask({ request: 'memory' }), 'peakBytes');
  }

  /** Ends the process, whatever it is doing, and waits until its memory is free. */
  async close(): Promise<void> {
    this.#lines.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await exited;
  }

  #failed(what: string, why: string): ClozeError {
    return new ClozeError('INTERNAL', {
      message: `${this.#title}: the worker must answer, but ${what}: ${why.trim() === '' ? 'without a word' : why.trim().replace(/\.$/, '')}.`,
      hint: 'Run it again with one configuration and look at the free memory.',
    });
  }
}
