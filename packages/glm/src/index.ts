/**
 * Glm: one sentence that says what this family is and how it is pre-trained.
 *
 * @module
 */
export { glmCheckpointNames } from './checkpoint.ts';
export { glmTiny, parseGlmConfig, toGlmConfigJson, withGlmSettings } from './config.ts';
export type { GlmConfig } from './config.ts';
export { GlmEmbeddings } from './embeddings.ts';
export { glmFamily } from './family.ts';
export type { GlmModels } from './family.ts';
export { GlmForCausalLm } from './heads.ts';
export { GlmModel } from './model.ts';
