import { onnxRuntimeEngine, tfjsEngine, type Engine } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';

/** The engines by the names that the command line gives them. */
export const ENGINE_NAMES = ['onnxruntime', 'tfjs'] as const;

/** The name of an engine. */
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Makes an engine. */
export function createEngine(name: EngineName, { threads }: { readonly threads: number | undefined }): Engine {
  return name === 'tfjs' ? tfjsEngine() : onnxRuntimeEngine(threads === undefined ? {} : { numThreads: threads });
}

/** Keeps tfjs from printing advertisements and from checking every value. Call it before the first tensor is made. */
export function prepareTfjs(): void {
  tf.enableProdMode();
}
