import { availableParallelism } from 'node:os';
import { MATRIX_PRODUCT_FLOPS } from '../protocol.ts';
import { median } from '../statistics.ts';
import { nodeWorker, WorkerProcess } from '../worker-process.ts';
import { runPretraining, type PretrainingRun } from './pretraining-run.ts';

/** A run and the roof of the machine before and after it. */
export interface FamilyMeasurement extends PretrainingRun {
  /** In 10^9 floating point operations per second. */
  readonly roof: number;
}

/** What to measure. */
export interface MeasureFamiliesOptions {
  readonly families: readonly string[];
  readonly preset: string;
  readonly data: string | undefined;
  /** For each family, in seconds. */
  readonly maxSeconds: number;
  readonly onProgress: (message: string) => void;
}

const PRODUCTS = 40;

/** Pre-trains each family for a while. */
export async function measureFamilies({
  families,
  preset,
  data,
  maxSeconds,
  onProgress,
}: MeasureFamiliesOptions): Promise<FamilyMeasurement[]> {
  const measurements: FamilyMeasurement[] = [];
  for (const family of families) {
    onProgress(`${family} ${preset}: matrix product`);
    const before = await measureRoof();
    onProgress(`${family} ${preset}: pre-training for ${maxSeconds} s`);
    const run = await runPretraining({ family, preset, data, maxSeconds });
    measurements.push({ ...run, roof: (before + (await measureRoof())) / 2 });
  }
  return measurements;
}

async function measureRoof(): Promise<number> {
  const worker = new WorkerProcess(nodeWorker('matrix product'));
  try {
    await worker.ask({ request: 'openMatrixProduct', numThreads: availableParallelism() });
    await worker.run(PRODUCTS);
    return MATRIX_PRODUCT_FLOPS / median((await worker.run(PRODUCTS)).milliseconds) / 1e6;
  } finally {
    await worker.close();
  }
}
