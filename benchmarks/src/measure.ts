import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenBatches, type Configuration } from './configurations.ts';
import { ENGINE_TITLES, type EngineName } from './engines.ts';
import type { PythonWithTorch } from './find-python.ts';
import { busyMilliseconds } from './machine.ts';
import type { EngineMeasurement, Measurement } from './measurement.ts';
import { MATRIX_PRODUCT_FLOPS, RECIPE, type RunReply, type WorkerRequest } from './protocol.ts';
import { median } from './statistics.ts';
import { nodeWorker, WorkerProcess } from './worker-process.ts';

/** How to measure. */
export interface MeasureOptions {
  /** How often each engine has its turn. */
  readonly rounds: number;
  readonly python: PythonWithTorch | undefined;
  /** Told what comes next. */
  readonly onProgress: (message: string) => void;
}

/** How often an engine steps before and while it is measured. */
interface Pace {
  readonly warmUpSteps: number;
  readonly stepsPerRound: number;
  readonly maxRounds: number;
}

/** Lets the threads of the last engine stop spinning before the next one begins. */
const PAUSE_MILLISECONDS = 250;

const PRODUCTS_PER_ROUND = 40;

/**
 * Measures all engines with one configuration, each in a fresh process, in turns: compiled, PyTorch, compiled, PyTorch, and so on, so that whatever
 * else the machine does slows them all.
 */
export async function measure(configuration: Configuration, options: MeasureOptions): Promise<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-bench-'));
  const turns: Turn[] = [];
  const roof = new WorkerProcess(nodeWorker('matrix product'));
  try {
    await roof.ask({ request: 'openMatrixProduct', numThreads: availableParallelism() });
    await roof.run(PRODUCTS_PER_ROUND);
    const weights = join(folder, 'weights.safetensors');
    if (options.python !== undefined) await writeWeights(configuration, weights);
    for (const engine of enginesFor(configuration, options.python)) {
      options.onProgress(`${configuration.name}: ${ENGINE_TITLES[engine]}, first step`);
      turns.push(await Turn.open(configuration, engine, { weights, python: options.python }));
    }
    const roofs: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const place = `${configuration.name}: round ${round + 1} of ${options.rounds}`;
      options.onProgress(`${place}, matrix product`);
      await sleep(PAUSE_MILLISECONDS);
      roofs.push((MATRIX_PRODUCT_FLOPS / median((await roof.run(PRODUCTS_PER_ROUND)).milliseconds)) * 1000);
      for (const turn of turns.filter(({ pace }) => round < pace.maxRounds)) {
        options.onProgress(`${place}, ${ENGINE_TITLES[turn.engine]}`);
        await sleep(PAUSE_MILLISECONDS);
        await turn.run();
      }
    }
    const engines: EngineMeasurement[] = [];
    for (const turn of turns) engines.push(await turn.result());
    return { configuration, engines, roof: roofs };
  } finally {
    await Promise.all([roof.close(), ...turns.map((turn) => turn.close())]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a process of its own: the engines' peak memory must not include it. */
async function writeWeights({ name }: Configuration, file: string): Promise<void> {
  const writer = new WorkerProcess(nodeWorker('initial weights'));
  try {
    await writer.ask({ request: 'writeWeights', configuration: name, file });
  } finally {
    await writer.close();
  }
}

function enginesFor({ isMeasuredEagerly }: Configuration, python: PythonWithTorch | undefined): EngineName[] {
  const eager: readonly EngineName[] = ['tfjs-wasm', 'tfjs-cpu'];
  return ['compiled', ...(python === undefined ? [] : (['pytorch'] as const)), ...(isMeasuredEagerly ? eager : [])];
}

function paceOf(engine: EngineName, { stepsPerRound }: Configuration): Pace {
  switch (engine) {
    case 'compiled':
    case 'pytorch':
      return { warmUpSteps: 3, stepsPerRound, maxRounds: Number.POSITIVE_INFINITY };
    case 'tfjs-wasm':
      return { warmUpSteps: 1, stepsPerRound: 1, maxRounds: Number.POSITIVE_INFINITY };
    // Seconds a step.
    case 'tfjs-cpu':
      return { warmUpSteps: 1, stepsPerRound: 1, maxRounds: 1 };
  }
}

interface TurnOptions {
  /** A file that only PyTorch reads; the others draw the same weights themselves. */
  readonly weights: string;
  readonly python: PythonWithTorch | undefined;
}

/** An engine at work on a configuration, and what was measured of it so far. */
class Turn {
  readonly engine: EngineName;
  readonly pace: Pace;
  readonly #worker: WorkerProcess;
  readonly #rounds: number[] = [];
  readonly #otherLoad: number[] = [];
  readonly #losses: number[] = [];
  readonly #gradientNorms: number[] = [];
  #firstStepMilliseconds = Number.NaN;

  private constructor(engine: EngineName, pace: Pace, worker: WorkerProcess) {
    this.engine = engine;
    this.pace = pace;
    this.#worker = worker;
  }

  static async open(configuration: Configuration, engine: EngineName, options: TurnOptions): Promise<Turn> {
    const isForeign = engine === 'pytorch' && options.python !== undefined;
    const worker = new WorkerProcess(isForeign ? options.python.worker : nodeWorker(ENGINE_TITLES[engine]));
    const turn = new Turn(engine, paceOf(engine, configuration), worker);
    try {
      await worker.ask(openRequest(configuration, engine, options.weights));
      const [first] = (await turn.#record(1)).milliseconds;
      turn.#firstStepMilliseconds = first ?? Number.NaN;
      if (turn.pace.warmUpSteps > 1) await turn.#record(turn.pace.warmUpSteps - 1);
      return turn;
    } catch (error) {
      await worker.close();
      throw error;
    }
  }

  /** One round. */
  async run(): Promise<void> {
    const [begin, busyBefore] = [performance.now(), busyMilliseconds()];
    const { milliseconds, cpuMilliseconds } = await this.#record(this.pace.stepsPerRound);
    const available = (performance.now() - begin) * availableParallelism();
    const others = busyMilliseconds() - busyBefore - cpuMilliseconds;
    this.#otherLoad.push(Math.max(0, others / available));
    this.#rounds.push(median(milliseconds));
  }

  async result(): Promise<EngineMeasurement> {
    return {
      engine: this.engine,
      rounds: this.#rounds,
      firstStepMilliseconds: this.#firstStepMilliseconds,
      losses: this.#losses,
      gradientNorms: this.#gradientNorms,
      peakBytes: await this.#worker.peakMemory(),
      otherLoad: this.#otherLoad,
    };
  }

  async close(): Promise<void> {
    await this.#worker.close();
  }

  async #record(count: number): Promise<RunReply> {
    const reply = await this.#worker.run(count);
    this.#losses.push(...reply.losses);
    this.#gradientNorms.push(...reply.gradientNorms);
    return reply;
  }
}

function openRequest(configuration: Configuration, engine: EngineName, weights: string): WorkerRequest {
  const numThreads = availableParallelism();
  if (engine !== 'pytorch') {
    return { request: 'open', engine, configuration: configuration.name, method: 'full', numThreads };
  }
  const { vocabSize, maxPositions, hiddenSize, numLayers, numHeads } = configuration.model;
  const model = { vocabSize, maxPositions, hiddenSize, numLayers, numHeads };
  return { request: 'open', ...model, ...RECIPE, batches: tokenBatches(configuration), weights, numThreads };
}
