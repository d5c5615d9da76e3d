/**
 * Elmo: one sentence that says what this family is and how it is pre-trained.
 *
 * @module
 */
export { elmoCheckpointNames } from './checkpoint.ts';
export { elmoTiny, parseElmoConfig, toElmoConfigJson, withElmoSettings } from './config.ts';
export type { ElmoConfig } from './config.ts';
export { ElmoEmbeddings } from './embeddings.ts';
export { elmoFamily } from './family.ts';
export type { ElmoModels } from './family.ts';
export { ElmoForCausalLm } from './heads.ts';
export { ElmoModel } from './model.ts';
