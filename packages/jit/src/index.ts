export * from './jit.ts';
export { onnxRuntimeEngine } from './engines/onnxruntime.ts';
