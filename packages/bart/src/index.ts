/**
 * Bart: one sentence that says what this family is and how it is pre-trained.
 *
 * @module
 */
export { bartCheckpointNames } from './checkpoint.ts';
export { bartTiny, parseBartConfig, toBartConfigJson, withBartSettings } from './config.ts';
export type { BartConfig } from './config.ts';
export { BartEmbeddings } from './embeddings.ts';
export { bartFamily } from './family.ts';
export type { BartModels } from './family.ts';
export { BartForCausalLm } from './heads.ts';
export { BartModel } from './model.ts';
