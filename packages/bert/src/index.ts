/**
 * Bert: one sentence that says what this family is and how it is pre-trained.
 *
 * @module
 */
export { bertCheckpointNames } from './checkpoint.ts';
export { bertTiny, parseBertConfig, toBertConfigJson, withBertSettings } from './config.ts';
export type { BertConfig } from './config.ts';
export { BertEmbeddings } from './embeddings.ts';
export { bertFamily } from './family.ts';
export type { BertModels } from './family.ts';
export { BertForCausalLm } from './heads.ts';
export { BertModel } from './model.ts';
