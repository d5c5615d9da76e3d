/**
 * Nova: one sentence that says what this family is and how it is pre-trained.
 *
 * @module
 */
export { novaCheckpointNames } from './checkpoint.ts';
export { novaTiny, parseNovaConfig, toNovaConfigJson, withNovaSettings } from './config.ts';
export type { NovaConfig } from './config.ts';
export { NovaEmbeddings } from './embeddings.ts';
export { novaFamily } from './family.ts';
export type { NovaModels } from './family.ts';
export { NovaForCausalLm } from './heads.ts';
export { NovaModel } from './model.ts';
