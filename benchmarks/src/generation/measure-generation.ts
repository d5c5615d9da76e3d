import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkerProcess } from '../worker-process.ts';
import { GENERATION_LIBRARIES, parseGenerationReply, type GenerationLibrary } from './protocol.ts';

/** The libraries at the same number of new tokens. */
export interface GenerationRace {
  readonly numTokens: number;
  readonly libraries: readonly {
    readonly library: GenerationLibrary;
    /** By round, per token. */
    readonly milliseconds: readonly number[];
    /** By round, per token, of all threads together. */
    readonly cpuMilliseconds: readonly number[];
  }[];
  /** Whether all of them chose the same tokens in every round. */
  readonly isEqual: boolean;
}

/** What to measure. */
export interface MeasureGenerationOptions {
  /** New tokens, one race for each. */
  readonly numTokens: readonly number[];
  readonly rounds: number;
  /** The folder where transformers.js is installed. */
  readonly installation: string;
  readonly onProgress: (message: string) => void;
}

/** Continues a prompt with GPT-2 small of random weights, each library in a process of its own, in turns. */
export async function measureGeneration(options: MeasureGenerationOptions): Promise<GenerationRace[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-bench-'));
  const workers = new Map<GenerationLibrary, WorkerProcess>();
  try {
    options.onProgress('writing the model');
    await writeModel(join(folder, 'gpt2'));
    for (const library of GENERATION_LIBRARIES) {
      options.onProgress(`opening ${library}`);
      const worker = openWorker(library);
      workers.set(library, worker);
      const { installation } = options;
      const numThreads = availableParallelism();
      await worker.ask({ request: 'openGeneration', library, folder: join(folder, 'gpt2'), installation, numThreads });
    }
    const races: GenerationRace[] = [];
    for (const numTokens of options.numTokens) races.push(await race(workers, numTokens, options));
    return races;
  } finally {
    await Promise.all([...workers.values()].map(async (worker) => worker.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

function openWorker(title: string): WorkerProcess {
  return new WorkerProcess({
    title,
    command: process.execPath,
    args: [fileURLToPath(new URL('worker.js', import.meta.url))],
  });
}

/** In a process of its own, whose memory is gone afterwards. */
async function writeModel(folder: string): Promise<void> {
  const worker = openWorker('the writer of the model');
  await worker.ask({ request: 'writeModel', folder });
  await worker.close();
}

async function race(
  workers: ReadonlyMap<GenerationLibrary, WorkerProcess>,
  numTokens: number,
  { rounds, onProgress }: MeasureGenerationOptions,
): Promise<GenerationRace> {
  const libraries = [...workers].map(([library, worker]) => ({
    library,
    worker,
    milliseconds: [] as number[],
    cpuMilliseconds: [] as number[],
  }));
  const texts = new Set<string>();
  for (const { worker } of libraries) await worker.ask({ request: 'warmUp', numTokens });
  for (let round = 1; round <= rounds; round++) {
    for (const { library, worker, milliseconds, cpuMilliseconds } of libraries) {
      onProgress(`${numTokens} tokens, round ${round} of ${rounds}: ${library}`);
      const reply = parseGenerationReply(await worker.ask({ request: 'generate', numTokens }));
      milliseconds.push(reply.milliseconds / numTokens);
      cpuMilliseconds.push(reply.cpuMilliseconds / numTokens);
      texts.add(reply.ids.join(' '));
    }
  }
  return {
    numTokens,
    libraries: libraries.map(({ library, milliseconds, cpuMilliseconds }) => ({
      library,
      milliseconds,
      cpuMilliseconds,
    })),
    isEqual: texts.size === 1,
  };
}
