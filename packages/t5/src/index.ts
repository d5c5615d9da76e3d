/**
 * T5: one sentence that says what this family is and how it is pre-trained.
 *
 * @module
 */
export { t5CheckpointNames } from './checkpoint.ts';
export { t5Tiny, parseT5Config, toT5ConfigJson, withT5Settings } from './config.ts';
export type { T5Config } from './config.ts';
export { T5Embeddings } from './embeddings.ts';
export { t5Family } from './family.ts';
export type { T5Models } from './family.ts';
export { T5ForCausalLm } from './heads.ts';
export { T5Model } from './model.ts';
