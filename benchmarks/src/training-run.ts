import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { onnxRuntimeEngine, tfjsEngine } from '@cloze/jit';
import type { MethodName } from '@cloze/peft';
import type { Configuration } from './configurations.ts';
import type { EngineName } from './engines.ts';
import type { RunReply } from './protocol.ts';
import { TrainingSteps } from './training-steps.ts';

/** What to train and by what. */
export interface TrainingRunOptions {
  readonly configuration: Configuration;
  readonly engine: Exclude<EngineName, 'pytorch'>;
  readonly numThreads: number;
  /** What is trained. Default: everything. */
  readonly method?: MethodName;
  /** Where ONNX Runtime writes a profile of the compiled engine. */
  readonly profile?: string;
}

/** {@link TrainingSteps} in this process of Node, with the processor time that they take. */
export class TrainingRun {
  readonly #steps: TrainingSteps;

  private constructor(steps: TrainingSteps) {
    this.#steps = steps;
  }

  static async open({ engine, numThreads, profile, configuration, method }: TrainingRunOptions): Promise<TrainingRun> {
    await tf.setBackend(engine === 'tfjs-wasm' ? 'wasm' : 'cpu');
    const settings = { numThreads, ...(profile === undefined ? {} : { profile }) };
    const chosen = engine === 'compiled' ? onnxRuntimeEngine(settings) : tfjsEngine();
    return new TrainingRun(new TrainingSteps(configuration, chosen, method));
  }

  /** @throws {ClozeError} `NON_FINITE`, see {@link TrainingSteps}. */
  async run(count: number): Promise<RunReply> {
    const before = process.cpuUsage();
    const figures = await this.#steps.run(count);
    const { user, system } = process.cpuUsage(before);
    return { ...figures, cpuMilliseconds: (user + system) / 1000 };
  }

  dispose(): void {
    this.#steps.dispose();
  }
}
