/**
 * Compiles TensorFlow.js functions: `jit(fn)` records any pure function of tensors once, gradients and optimizer updates included, and runs it with
 * ONNX Runtime; `exportOnnx` writes it as a file.
 *
 * @module
 */
export { jit, type Compiled, type JitOptions } from './jit.ts';
export { exportOnnx } from './export-onnx.ts';
export {
  serializeModel,
  type OnnxAttribute,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
  type OnnxType,
  type OnnxValueInfo,
} from './onnx/model.ts';
export { onnxRuntimeEngine, type OnnxRuntimeOptions } from './engines/onnxruntime.ts';
export { onnxRuntimeWebEngine, type OnnxRuntimeWebOptions } from './engines/onnxruntime-web.ts';
export { webEngine } from './engines/web-engine.ts';
export { copyForEngine, tensorForEngine } from './engines/copy-for-engine.ts';
export { tfjsEngine } from './engines/tfjs.ts';
export type { EagerEngine, Engine, EngineOptions, Executable, GraphEngine } from './engines/engine.ts';
export { toHostTensor, viewHostTensor } from './engines/host-memory.ts';
export { JitError, type JitErrorCode } from './errors.ts';
export type { ElementArray, ElementType, Graph } from './graph.ts';
export type { TensorTree } from './tree.ts';
