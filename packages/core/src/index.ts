/**
 * The ground of Cloze: modules and their parameters, the layers of transformers, random keys, safetensors, and errors.
 *
 * @module
 */
export { ACTIVATIONS, gelu, geluTanh } from './activations.ts';
export type { Activation } from './activations.ts';
export { causalBias, paddingBias, prefixBias } from './attention-masks.ts';
export type { BlankInfillingInputs, BlankInfillingModel } from './blank-infilling-model.ts';
export type {
  BidirectionalHiddenStates,
  BidirectionalLanguageModel,
  CharacterInputs,
  VocabularyScores,
} from './bidirectional-language-model.ts';
export type {
  CacheShape,
  CausalHiddenStates,
  CausalInputs,
  CausalLanguageModel,
  CausalOutputs,
} from './causal-language-model.ts';
export { findTensor, toCheckpointTensors, unexpectedNames } from './checkpoint-names.ts';
export type { CheckpointEntry, CheckpointNames, HostTensors } from './checkpoint-names.ts';
export { meanOfTokens } from './classifier-pooling.ts';
export type { ClassifierPooling } from './classifier-pooling.ts';
export { closest } from './closest.ts';
export { localCommunicator } from './communicator.ts';
export type { Communicator, ExchangedArray } from './communicator.ts';
export { ConfigReader } from './config.ts';
export type { Bounds } from './config.ts';
export { dropout } from './dropout.ts';
export { Embedding } from './embedding.ts';
export type { EmbeddingOptions } from './embedding.ts';
export { shiftRight } from './encoder-decoder-model.ts';
export type {
  DecoderInputs,
  EncoderDecoderHiddenStates,
  EncoderDecoderInputs,
  EncoderDecoderModel,
  EncoderDecoderOutputs,
  EncoderInputs,
  EncoderOutputs,
  TargetTokens,
} from './encoder-decoder-model.ts';
export { assert, CheckpointError, ClozeError, ConfigError, ERROR_CODES, ShapeError } from './errors.ts';
export type { ErrorCode, ErrorDetails } from './errors.ts';
export { FeedForward } from './feed-forward.ts';
export type { FeedForwardConfig } from './feed-forward.ts';
export { within } from './forward-options.ts';
export type { ForwardOptions } from './forward-options.ts';
export { toHostTensor, toTensor } from './host-tensor.ts';
export type { HostDtype, HostTensor } from './host-tensor.ts';
export { constant, normal, ones, truncatedNormal, uniform, xavierNormal, zeros } from './initializers.ts';
export type { Initializer } from './initializers.ts';
export { isJsonObject, parseJson } from './json.ts';
export type { JsonObject, JsonOptions, JsonValue } from './json.ts';
export { createCache, writeCache } from './key-value-cache.ts';
export type { KeyValues } from './key-value-cache.ts';
export { labelNames, labelNamesJson } from './label-names.ts';
export { LayerNorm, layerNormalization } from './layer-norm.ts';
export { checkLimit, LIMITS } from './limits.ts';
export { Linear, multiplyLastAxis } from './linear.ts';
export type { LinearLayer, LinearOptions } from './linear.ts';
export type { FamilySettings, ModelFamily } from './model-family.ts';
export { disposeModule, isModule, parametersOf, replaceModules, withParameters } from './module.ts';
export type { Module, ParameterFilter, ParameterMap } from './module.ts';
export { FusedSelfAttention, MultiHeadAttention } from './multi-head-attention.ts';
export type { AttentionConfig, AttentionInputs, AttentionResult, SelfAttention } from './multi-head-attention.ts';
export { toBatchTensors } from './objective.ts';
export type { Batch, BatchArray, BatchTensors, LossResult, Objective } from './objective.ts';
export { defineOperation, ensureKernel } from './operation.ts';
export type { GradientInputs, NamedTensors, Operation, OperationDefinition, OperationGradient } from './operation.ts';
export { checkpointParameters, placeholderParameters, randomParameters } from './parameter-source.ts';
export type { CheckpointOptions, ParameterSource } from './parameter-source.ts';
export { randomBits, randomUniform } from './random-bits.ts';
export { RandomKey } from './random-key.ts';
export type { WordPair } from './random-words.ts';
export { RmsNorm, rmsNormalization } from './rms-norm.ts';
export { openSafetensors, parseSafetensors, safetensorsChunks, serializeSafetensors } from './safetensors.ts';
export type { ByteReader, SafetensorsFile } from './safetensors.ts';
export type { SafetensorsEntry, SafetensorsHeader } from './safetensors-header.ts';
export { mergeHeads, scaledDotProductAttention, splitHeads } from './scaled-dot-product-attention.ts';
export type { AttentionContext, AttentionOptions } from './scaled-dot-product-attention.ts';
export type {
  ChoiceScorer,
  MaskedInputs,
  MaskedLanguageModel,
  MaskedPairModel,
  SequenceClassifier,
  SequenceInputs,
  SpanPredictor,
  TokenClassifier,
} from './sequence-models.ts';
export { stopGradient } from './stop-gradient.ts';
export { isTensor, shapeOf, tensorAt, theOnly } from './tensor-shape.ts';
export type { Shape } from './tensor-shape.ts';
export { TransformerLayer } from './transformer-layer.ts';
export type { TransformerLayerConfig } from './transformer-layer.ts';
