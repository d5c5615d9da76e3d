/**
 * Model folders in Hugging Face's layout: load a model of any family, also from the hub, save it for Python and back.
 *
 * @module
 */
export { anyFamily, findFamily, findTask, readConfig } from './auto.ts';
export type { AnyFamily } from './auto.ts';
export { checkPretrained } from './check-pretrained.ts';
export type { PretrainedSummary } from './check-pretrained.ts';
export { readGenerationSettings, toGenerationConfigJson } from './generation-config.ts';
export type { GenerationSettings } from './generation-config.ts';
export { hubRepository } from './hub-repository.ts';
export type { DownloadProgress, HubOptions } from './hub-settings.ts';
export { loadAdapted } from './load-adapted.ts';
export type { PretrainedAdapted } from './load-adapted.ts';
export { loadPretrainedAdapter } from './load-adapter.ts';
export type { AdapterBase } from './load-adapter.ts';
export { loadPretrained, loadPretrainedOf, readTokenizer } from './load-pretrained.ts';
export type { LoadOptions, Pretrained } from './load-pretrained.ts';
export { memoryRepository } from './memory-repository.ts';
export { openRepository } from './open-repository.ts';
export { readAdapter } from './read-adapter.ts';
export type { AdapterOptions, SavedAdapter } from './read-adapter.ts';
export { folderRepository } from './repository.ts';
export type { Repository, RepositoryFile } from './repository.ts';
export { pretrainedAdapterFiles, savePretrainedAdapter } from './save-adapter.ts';
export type { SaveAdapterOptions } from './save-adapter.ts';
export { pretrainedFiles, savePretrained } from './save-pretrained.ts';
export type { PretrainedParts, SaveOptions } from './save-pretrained.ts';
export { readWeights, readWeightsHeader, verifyWeights } from './weights.ts';
export type { FileContent, WeightsHeader } from './weights.ts';
export { writeFolder } from './write-folder.ts';
