import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MethodName } from '@cloze/peft';
import type { Configuration } from '../configurations.ts';
import { median } from '../statistics.ts';
import { nodeWorker, WorkerProcess } from '../worker-process.ts';

/** Fine-tuning of one model by one method, beside training all of it. */
export interface AdapterMeasurement {
  readonly configuration: string;
  readonly method: MethodName;
  /** By round, the median of a step. */
  readonly milliseconds: readonly number[];
  /** By round, of the process, per step. */
  readonly cpuMilliseconds: readonly number[];
  /** The most that the process had resident, in bytes. */
  readonly peakBytes: number;
}

/** What to measure. */
export interface MeasureAdaptersOptions {
  readonly configurations: readonly Configuration[];
  readonly methods: readonly MethodName[];
  readonly rounds: number;
  readonly onProgress: (message: string) => void;
}

const WARM_UP_STEPS = 3;
/** Lets the threads of the last process stop spinning before the next one begins. */
const PAUSE_MILLISECONDS = 250;

/** Compiled training steps of everything and of each method, each in a process of its own, in turns. `full` comes first. */
export async function measureAdapters({
  configurations,
  methods,
  ...options
}: MeasureAdaptersOptions): Promise<AdapterMeasurement[]> {
  const all: readonly MethodName[] = ['full', ...methods.filter((method) => method !== 'full')];
  const measurements: AdapterMeasurement[] = [];
  for (const configuration of configurations) {
    const runs = all.map((method) => new AdapterRun(configuration, method));
    try {
      measurements.push(...(await race(runs, options)));
    } finally {
      await Promise.all(runs.map((run) => run.close()));
    }
  }
  return measurements;
}

async function race(
  runs: readonly AdapterRun[],
  { rounds, onProgress }: Pick<MeasureAdaptersOptions, 'rounds' | 'onProgress'>,
): Promise<AdapterMeasurement[]> {
  for (const run of runs) {
    onProgress(`${run.title}, first steps`);
    await run.open();
  }
  for (let round = 0; round < rounds; round++) {
    for (const run of runs) {
      onProgress(`${run.title}, round ${round + 1} of ${rounds}`);
      await sleep(PAUSE_MILLISECONDS);
      await run.round();
    }
  }
  return Promise.all(runs.map((run) => run.result()));
}

/** One method at work, and what was measured of it so far. */
class AdapterRun {
  readonly title: string;
  readonly #configuration: Configuration;
  readonly #method: MethodName;
  readonly #worker: WorkerProcess;
  readonly #milliseconds: number[] = [];
  readonly #cpuMilliseconds: number[] = [];

  constructor(configuration: Configuration, method: MethodName) {
    this.title = `${configuration.name}: ${method}`;
    this.#configuration = configuration;
    this.#method = method;
    this.#worker = new WorkerProcess(nodeWorker(this.title));
  }

  async open(): Promise<void> {
    await this.#worker.ask({
      request: 'open',
      engine: 'compiled',
      configuration: this.#configuration.name,
      method: this.#method,
      numThreads: availableParallelism(),
    });
    await this.#worker.run(WARM_UP_STEPS);
  }

  async round(): Promise<void> {
    const { stepsPerRound } = this.#configuration;
    const { milliseconds, cpuMilliseconds } = await this.#worker.run(stepsPerRound);
    this.#milliseconds.push(median(milliseconds));
    this.#cpuMilliseconds.push(cpuMilliseconds / stepsPerRound);
  }

  async result(): Promise<AdapterMeasurement> {
    return {
      configuration: this.#configuration.name,
      method: this.#method,
      milliseconds: this.#milliseconds,
      cpuMilliseconds: this.#cpuMilliseconds,
      peakBytes: await this.#worker.peakMemory(),
    };
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}
