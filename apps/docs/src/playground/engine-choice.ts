import { onnxRuntimeWebEngine, tfjsEngine, webEngine, type Engine } from '@cloze/jit';

/** Which engine runs the playground: the fastest that there is, or tfjs without compilation, to compare. */
export type EngineChoice = 'fastest' | 'wasm' | 'webgpu' | 'tfjs';

/** The engine that a choice means in this browser. */
export async function engineFor(choice: EngineChoice): Promise<Engine> {
  if (choice === 'fastest') return webEngine();
  return choice === 'tfjs' ? tfjsEngine() : onnxRuntimeWebEngine({ provider: choice });
}
