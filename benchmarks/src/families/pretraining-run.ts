import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ClozeError, parseJson, isJsonObject, type JsonObject } from '@cloze/core';
import { median } from '../statistics.ts';

/** What to pre-train, as on the command line. */
export interface PretrainingRunOptions {
  readonly family: string;
  readonly preset: string;
  /** A text file; default: the command line's own. */
  readonly data: string | undefined;
  /** The run is stopped after so long, in seconds. */
  readonly maxSeconds: number;
}

/** What a run of `cloze pretrain` reported. */
export interface PretrainingRun {
  readonly family: string;
  readonly preset: string;
  readonly numParameters: number;
  readonly numSteps: number;
  /** The median, without the first steps, in which the step is compiled. */
  readonly millisecondsPerStep: number;
  readonly tokensPerSecond: number;
  readonly gigaflopsPerSecond: number;
  /** Of the training tokens, in nats per token. */
  readonly unigramEntropy: number;
  /** The last one, in nats per target; undefined if there was no time for any. */
  readonly validationLoss: number | undefined;
  /** From the start of the program to the first validation loss below the unigram entropy by a tenth, in seconds; undefined if there was none. */
  readonly secondsToLearn: number | undefined;
}

const WARM_UP_STEPS = 3;
const EVALUATE_EVERY = 25;
/** Below the entropy of token frequencies by this share: it has learned from context. */
const LEARNED_SHARE = 0.9;

/** Pre-trains with the command line, as a user would, and stops in time. */
export async function runPretraining(options: PretrainingRunOptions): Promise<PretrainingRun> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-bench-'));
  try {
    return await watch(options, join(folder, 'run'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function watch(
  { family, preset, data, maxSeconds }: PretrainingRunOptions,
  out: string,
): Promise<PretrainingRun> {
  const program = fileURLToPath(new URL('../../../apps/cli/dist/main.js', import.meta.url));
  const args = ['pretrain', '--family', family, '--preset', preset, '--out', out, '--json'];
  const steps = ['--steps', '100000', '--evaluate-every', String(EVALUATE_EVERY), '--checkpoint-every', '100000'];
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...args, ...steps, ...(data === undefined ? [] : ['--data', data])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errorOutput = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errorOutput += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), maxSeconds * 1000);
  const facts = new RunFacts();
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      facts.add(toEvent(line), (performance.now() - started) / 1000);
    }
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
  const run = facts.summary(family, preset);
  if (run !== undefined) return run;
  throw new ClozeError('INTERNAL', {
    message: `cloze pretrain --family ${family} must get beyond its first steps in ${maxSeconds} s, but it did not: ${errorOutput.trim()}`,
    hint: 'Run it by hand.',
  });
}

/** Collects the events of a run. */
class RunFacts {
  #start: JsonObject = {};
  readonly #steps: JsonObject[] = [];
  #validationLoss: number | undefined;
  #secondsToLearn: number | undefined;

  add(event: JsonObject, seconds: number): void {
    if (event['event'] === 'start') this.#start = event;
    if (event['event'] !== 'step') return;
    this.#steps.push(event);
    const loss = event['validationLoss'];
    if (typeof loss !== 'number') return;
    this.#validationLoss = loss;
    if (loss < LEARNED_SHARE * numberAt(this.#start, 'unigramEntropy')) this.#secondsToLearn ??= seconds;
  }

  summary(family: string, preset: string): PretrainingRun | undefined {
    const steps = this.#steps.slice(WARM_UP_STEPS);
    if (steps.length === 0) return undefined;
    const middle = (field: string): number => median(steps.map((step) => numberAt(step, field)));
    return {
      family,
      preset,
      numParameters: numberAt(this.#start, 'numParameters'),
      numSteps: this.#steps.length,
      millisecondsPerStep: middle('millisecondsPerStep'),
      tokensPerSecond: middle('tokensPerSecond'),
      gigaflopsPerSecond: middle('gigaflopsPerSecond'),
      unigramEntropy: numberAt(this.#start, 'unigramEntropy'),
      validationLoss: this.#validationLoss,
      secondsToLearn: this.#secondsToLearn,
    };
  }
}

function toEvent(line: string): JsonObject {
  const event = parseJson(line);
  if (isJsonObject(event)) return event;
  throw new ClozeError('INTERNAL', { message: `An event must be a JSON object, got ${line}.`, hint: 'Build again.' });
}

function numberAt(event: JsonObject, field: string): number {
  const value = event[field];
  return typeof value === 'number' ? value : Number.NaN;
}
