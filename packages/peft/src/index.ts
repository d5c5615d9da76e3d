/**
 * Parameter-efficient fine-tuning: a few trained numbers beside a frozen model, in Hugging Face PEFT's files.
 *
 * @module
 */
export { adapterFiles, countParameters, createAdapter, disposeAdapter, loadAdapter } from './adapted-model.ts';
export type { AdaptedModel, ParameterCounts } from './adapted-model.ts';
export { parseAdapterConfig, toAdapterConfigJson } from './adapter-config.ts';
export type { AdapterConfig, CommonConfig } from './adapter-config.ts';
export { houlsbyConfig, pfeifferConfig } from './bottleneck-config.ts';
export type { BottleneckConfig, BottleneckOptions } from './bottleneck-config.ts';
export { ia3Config } from './ia3-config.ts';
export type { Ia3Config, Ia3Options } from './ia3-config.ts';
export { loraConfig } from './lora-config.ts';
export type { LoraConfig, LoraOptions } from './lora-config.ts';
export { mergeAdapter } from './merge.ts';
export { METHOD_NAMES, methodConfig } from './method-config.ts';
export type { MethodName } from './method-config.ts';
export { pTuningConfig } from './p-tuning-config.ts';
export type { PTuningConfig, PTuningOptions } from './p-tuning-config.ts';
export { prefixConfig } from './prefix-config.ts';
export type { PrefixConfig, PrefixOptions } from './prefix-config.ts';
export { promptConfig } from './prompt-config.ts';
export type { InitialText, PromptConfig, PromptInitialization, PromptOptions } from './prompt-config.ts';
export { anyOf, below, biasesOnly } from './select.ts';
export { bitFitConfig, headOnlyConfig } from './selection-config.ts';
export type { SelectionConfig, SelectionOptions } from './selection-config.ts';
export type { TargetSelection } from './target-modules.ts';
export { withVirtualOutputs } from './virtual-outputs.ts';
export type { NamedOutputs } from './virtual-outputs.ts';
