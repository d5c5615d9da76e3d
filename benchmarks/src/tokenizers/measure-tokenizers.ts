import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClozeError, type JsonObject } from '@cloze/core';
import { busyMilliseconds } from '../machine.ts';
import { numberOf } from '../protocol.ts';
import { WorkerProcess } from '../worker-process.ts';
import { onOneCore } from './one-core.ts';
import { numbersOf, type TokenizerRequest } from './protocol.ts';
import { enginesOf, TOKENIZER_ENGINES, type TokenizerBenchmark, type TokenizerEngine } from './tokenizer-benchmarks.ts';

/** What was measured of one engine. */
export interface TokenizerEngineMeasurement {
  readonly engine: TokenizerEngine;
  /** By round, in milliseconds. */
  readonly rounds: readonly number[];
}

/** Engines at the same work, ours first. */
export interface TokenizerRace {
  readonly benchmark: string;
  /** What distinguishes it from other races of the benchmark; empty where nothing does. */
  readonly variant: string;
  /** In 10^6 bytes of UTF-8. */
  readonly megabytes: number;
  readonly engines: readonly TokenizerEngineMeasurement[];
  /** How far results are equal, in words. */
  readonly agreement: string;
  readonly isEqual: boolean;
}

/** How long ours takes for lines without spaces, each twice as long as the one before. */
export interface Doubling {
  readonly benchmark: string;
  readonly lengths: readonly number[];
  readonly milliseconds: readonly number[];
}

/** All that was measured of tokenizers. */
export interface TokenizerMeasurements {
  readonly races: readonly TokenizerRace[];
  readonly doublings: readonly Doubling[];
  /** By turn: the share of one processor that something else used meanwhile, from 0 to 1. */
  readonly otherLoad: readonly number[];
}

/** What to measure. */
export interface MeasureTokenizersOptions {
  readonly benchmarks: readonly TokenizerBenchmark[];
  readonly rounds: number;
  /** Of text, in 10^6 bytes. */
  readonly megabytes: number;
  readonly onProgress: (message: string) => void;
}

/** The largest difference of likelihoods at which two unigram models are as good as each other. */
const LIKELIHOOD_TOLERANCE = 0.005;

/** Measures tokenizers, each engine in a process of its own on one core, in turns. */
export async function measureTokenizers(options: MeasureTokenizersOptions): Promise<TokenizerMeasurements> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-bench-'));
  const races: TokenizerRace[] = [];
  const doublings: Doubling[] = [];
  const otherLoad: number[] = [];
  try {
    for (const benchmark of options.benchmarks) {
      const run = { ...options, folder, benchmark, otherLoad };
      if (benchmark.task === 'train') {
        races.push(...(await raceTraining(run)));
      } else {
        const { encoding, doubling } = await raceEncoding(run);
        races.push(...encoding);
        doublings.push(doubling);
      }
    }
    return { races, doublings, otherLoad };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Run extends MeasureTokenizersOptions {
  readonly folder: string;
  readonly benchmark: TokenizerBenchmark;
  readonly otherLoad: number[];
}

async function raceEncoding(run: Run): Promise<{ encoding: TokenizerRace[]; doubling: Doubling }> {
  const { benchmark, megabytes, rounds, folder, onProgress } = run;
  const tokenizer = join(folder, `${benchmark.name}.json`);
  onProgress(`${benchmark.title}: the tokenizer to encode with`);
  await once({ request: 'writeTokenizer', kind: benchmark.kind, megabytes, file: tokenizer });
  const engines: Contestant[] = [];
  try {
    for (const engine of enginesOf(benchmark)) {
      onProgress(`${benchmark.title}: ${TOKENIZER_ENGINES[engine]} opens`);
      engines.push(await Contestant.open(engine, { tokenizer, megabytes }));
    }
    const trials: Trial[] = [];
    for (const other of engines.slice(1)) trials.push(...(await trialsAgainst(other, engines, benchmark)));
    for (let round = 0; round < rounds; round++) {
      for (const trial of trials) {
        for (const [index, contestant] of trial.contestants.entries()) {
          onProgress(`${benchmark.title}: round ${round + 1} of ${rounds}, ${trial.variant}, ${contestant.title}`);
          const request = { request: 'encode', isCold: trial.isCold, hasLongLine: trial.hasLongLine } as const;
          trial.times[index]?.push(await turn(run, () => contestant.ask(request)));
        }
      }
    }
    const [ours] = engines;
    const reply = await ours?.ask({ request: 'doubling' });
    return {
      encoding: trials.map((trial) => toRace(trial, benchmark)),
      doubling: {
        benchmark: benchmark.name,
        lengths: numbersOf(reply ?? {}, 'lengths'),
        milliseconds: numbersOf(reply ?? {}, 'milliseconds'),
      },
    };
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

/** Two engines at the same texts. */
interface Trial {
  readonly variant: string;
  readonly isCold: boolean;
  readonly hasLongLine: boolean;
  readonly contestants: readonly Contestant[];
  /** By contestant, then by round. */
  readonly times: readonly number[][];
  readonly megabytes: number;
  readonly agreement: string;
  readonly isEqual: boolean;
}

/** gpt-tokenizer takes quadratic time for a long line, so it is spared that. */
async function trialsAgainst(
  other: Contestant,
  [ours]: readonly Contestant[],
  benchmark: TokenizerBenchmark,
): Promise<Trial[]> {
  if (ours === undefined) return [];
  const hasLongLine = other.engine !== 'gpt-tokenizer';
  const request = { request: 'digests', hasLongLine } as const;
  const [mine, theirs] = [
    numbersOf(await ours.ask(request), 'digests'),
    numbersOf(await other.ask(request), 'digests'),
  ];
  const numDifferent = mine.filter((digest, index) => digest !== theirs[index]).length;
  const base = {
    hasLongLine,
    contestants: [ours, other],
    megabytes: ours.megabytes - (hasLongLine ? 0 : 1),
    isEqual: numDifferent === 0 && mine.length === theirs.length,
    agreement:
      numDifferent === 0
        ? `${benchmark.title}: ids equal to ${other.title}'s in ${mine.length} texts`
        : `${benchmark.title}: ids DIFFER from ${other.title}'s in ${numDifferent} of ${mine.length} texts`,
  };
  const without = hasLongLine ? '' : ', no long line';
  return [
    { ...base, variant: `first pass${without}`, isCold: true, times: [[], []] },
    { ...base, variant: `again${without}`, isCold: false, times: [[], []] },
  ];
}

function toRace(
  { variant, megabytes, contestants, times, agreement, isEqual }: Trial,
  { name }: TokenizerBenchmark,
): TokenizerRace {
  const engines = contestants.map(({ engine }, index) => ({ engine, rounds: times[index] ?? [] }));
  return { benchmark: name, variant, megabytes, engines, agreement, isEqual };
}

async function raceTraining(run: Run): Promise<TokenizerRace[]> {
  const { benchmark, megabytes, folder, onProgress } = run;
  const text = join(folder, 'text.txt');
  const bytes = numberOf(await once({ request: 'writeText', megabytes, file: text }), 'bytes');
  const rounds = Math.min(run.rounds, benchmark.maxRounds ?? Infinity);
  const engines = enginesOf(benchmark).map((engine) => ({
    engine,
    file: join(folder, `${benchmark.name}-${engine}.json`),
    rounds: [] as number[],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { engine, file, rounds: times } of engines) {
      onProgress(`${benchmark.title}: round ${round + 1} of ${rounds}, ${TOKENIZER_ENGINES[engine]}`);
      times.push(await turn(run, () => once({ request: 'train', engine, kind: benchmark.kind, text, file })));
    }
  }
  const [ours, ...others] = engines;
  const races: TokenizerRace[] = [];
  for (const other of ours === undefined ? [] : others) {
    const likeness = await once({ request: 'compare', ours: ours?.file ?? '', theirs: other.file, text });
    races.push({
      benchmark: benchmark.name,
      variant: '',
      megabytes: bytes / 1e6,
      engines: [ours, other].flatMap((entry) =>
        entry === undefined ? [] : [{ engine: entry.engine, rounds: entry.rounds }],
      ),
      ...agreementOf(likeness, `${benchmark.title}, beside ${TOKENIZER_ENGINES[other.engine]}`),
    });
  }
  return races;
}

function agreementOf(likeness: JsonObject, title: string): { agreement: string; isEqual: boolean } {
  if (likeness['likelihoodRatio'] !== undefined) {
    const ratio = numberOf(likeness, 'likelihoodRatio');
    return {
      agreement: `${title}: log likelihood ${ratio.toFixed(4)} of its`,
      isEqual: ratio <= 1 + LIKELIHOOD_TOLERANCE,
    };
  }
  const [equal, all] = [numberOf(likeness, 'equalMerges'), numberOf(likeness, 'numMerges')];
  return { agreement: `${title}: ${equal} of ${all} merges equal`, isEqual: equal === all };
}

/** An engine that is ready to encode. */
class Contestant {
  readonly engine: TokenizerEngine;
  readonly megabytes: number;
  readonly #worker: WorkerProcess;

  private constructor(engine: TokenizerEngine, megabytes: number, worker: WorkerProcess) {
    this.engine = engine;
    this.megabytes = megabytes;
    this.#worker = worker;
  }

  static async open(
    engine: TokenizerEngine,
    { tokenizer, megabytes }: { readonly tokenizer: string; readonly megabytes: number },
  ): Promise<Contestant> {
    const worker = newWorker(TOKENIZER_ENGINES[engine]);
    try {
      const reply = await worker.ask({ request: 'openEncoder', engine, tokenizer, megabytes });
      return new Contestant(engine, numberOf(reply, 'bytes') / 1e6, worker);
    } catch (error) {
      await worker.close();
      throw error;
    }
  }

  get title(): string {
    return TOKENIZER_ENGINES[this.engine];
  }

  ask(request: TokenizerRequest): Promise<JsonObject> {
    return this.#worker.ask(request);
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}

/** Asks a worker that does nothing else. */
async function once(request: TokenizerRequest): Promise<JsonObject> {
  const worker = newWorker('tokenizer worker');
  try {
    return await worker.ask(request);
  } finally {
    await worker.close();
  }
}

function newWorker(title: string): WorkerProcess {
  const program = fileURLToPath(new URL('worker.js', import.meta.url));
  return new WorkerProcess(onOneCore({ title, command: process.execPath, args: [program] }));
}

/** The time of a turn in milliseconds. Notes what else the machine did meanwhile. */
async function turn({ otherLoad }: Run, run: () => Promise<JsonObject>): Promise<number> {
  const [begin, busyBefore] = [performance.now(), busyMilliseconds()];
  const reply = await run();
  const available = (performance.now() - begin) * availableParallelism();
  otherLoad.push(Math.max(0, busyMilliseconds() - busyBefore - numberOf(reply, 'cpuMilliseconds')) / available);
  const milliseconds = numberOf(reply, 'milliseconds');
  if (milliseconds > 0) return milliseconds;
  throw new ClozeError('INTERNAL', { message: 'A turn must take time.', hint: 'Measure more megabytes.' });
}
