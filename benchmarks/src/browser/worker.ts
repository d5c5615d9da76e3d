/** Runs in a worker of the page: both engines train the same model, side by side. */
import { onnxRuntimeWebEngine, tfjsEngine } from '@cloze/jit';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { configurationNamed } from '../configurations.ts';
import { TrainingSteps, type StepFigures } from '../training-steps.ts';

/** Who trains in the page. */
export type BrowserEngine = 'compiled' | 'tfjs-wasm';

/** What the page has for them. */
export interface PageFacts {
  /** What each engine has. tfjs was asked for as many as the other, but decides itself. */
  readonly numThreads: Readonly<Record<BrowserEngine, number>>;
  /** Whether tfjs uses SIMD instructions. */
  readonly hasSimd: boolean;
  /** Whether the page may share memory between threads. */
  readonly isIsolated: boolean;
}

/** What the program of the benchmark calls. */
export interface BrowserRace {
  open(configuration: string, numThreads: number): Promise<PageFacts>;
  run(engine: BrowserEngine, count: number): Promise<StepFigures>;
}

const runs = new Map<BrowserEngine, TrainingSteps>();

const race: BrowserRace = {
  open: async (name, numThreads) => {
    tf.enableProdMode();
    setWasmPaths('/');
    setThreadsCount(numThreads);
    await tf.setBackend('wasm');
    const configuration = configurationNamed(name);
    runs.set('compiled', new TrainingSteps(configuration, onnxRuntimeWebEngine({ provider: 'wasm', numThreads })));
    runs.set('tfjs-wasm', new TrainingSteps(configuration, tfjsEngine()));
    return {
      numThreads: { compiled: numThreads, 'tfjs-wasm': getThreadsCount() },
      hasSimd: await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT').then(Boolean),
      isIsolated: Reflect.get(globalThis, 'crossOriginIsolated') === true,
    };
  },
  run: async (engine, count) => {
    const steps = runs.get(engine);
    if (steps === undefined) throw new Error(`${engine} was not opened.`);
    return steps.run(count);
  },
};

Object.assign(globalThis, { race });
