/**
 * The ground of Cloze: modules and their parameters, where parameters come from, random keys, and errors.
 *
 * @module
 */
export type {
  CacheShape,
  CausalHiddenStates,
  CausalInputs,
  CausalLanguageModel,
  CausalOutputs,
  ForwardOptions,
} from './causal-language-model.ts';
export { findTensor, toCheckpointTensors, unexpectedNames } from './checkpoint-names.ts';
export type { CheckpointEntry, CheckpointNames, HostTensors } from './checkpoint-names.ts';
export { localCommunicator } from './communicator.ts';
export type { Communicator, ExchangedArray } from './communicator.ts';
export { assert, CheckpointError, ClozeError, ConfigError, ERROR_CODES, ShapeError } from './errors.ts';
export type { ErrorCode, ErrorDetails } from './errors.ts';
export { toHostTensor, toTensor } from './host-tensor.ts';
export type { HostDtype, HostTensor } from './host-tensor.ts';
export { constant, normal, ones, truncatedNormal, uniform, xavierNormal, zeros } from './initializers.ts';
export type { Initializer } from './initializers.ts';
export { createCache, writeCache } from './key-value-cache.ts';
export type { KeyValues } from './key-value-cache.ts';
export type { FamilySettings, ModelFamily } from './model-family.ts';
export { disposeModule, isModule, parametersOf, replaceModules, withParameters } from './module.ts';
export type { Module, ParameterFilter, ParameterMap } from './module.ts';
export { toBatchTensors } from './objective.ts';
export type { Batch, BatchArray, BatchTensors, LossResult, Objective } from './objective.ts';
export { defineOperation, ensureKernel } from './operation.ts';
export type { Operation, OperationDefinition, OperationGradient } from './operation.ts';
export { checkpointParameters, placeholderParameters, randomParameters } from './parameter-source.ts';
export type { CheckpointOptions, ParameterSource } from './parameter-source.ts';
export { randomBits, randomUniform } from './random-bits.ts';
export { RandomKey } from './random-key.ts';
export type { WordPair } from './random-words.ts';
export { isTensor, shapeOf } from './tensor-shape.ts';
export type { Shape } from './tensor-shape.ts';
