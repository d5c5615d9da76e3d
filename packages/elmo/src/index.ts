/**
 * ELMo: words by their characters, read by forward and backward LSTMs that are pre-trained as language models.
 *
 * @module
 */
export { characterTable, sentencesToCharacterIds } from './characters.ts';
export { elmoCheckpointNames } from './checkpoint.ts';
export { parseElmoConfig, toElmoConfigJson, withElmoSettings } from './config.ts';
export type { CharacterFilter, ElmoConfig } from './config.ts';
export type { ElmoState } from './encoder.ts';
export { elmoFamily } from './family.ts';
export type { ElmoModels } from './family.ts';
export { readElmoHdf5 } from './hdf5.ts';
export { ElmoForBidirectionalLm, ElmoForSequenceClassification, ElmoForTokenClassification } from './heads.ts';
export type { ElmoLmOutputs } from './heads.ts';
export type { LstmState } from './lstm.ts';
export { ElmoModel } from './model.ts';
export type { ElmoInputs, ElmoOutputs } from './model.ts';
export { elmoMedium, elmoMini, elmoOriginal, elmoSmall, elmoTiny } from './presets.ts';
export { ScalarMix } from './scalar-mix.ts';
export { trainElmoVocabulary } from './tokenizer.ts';
export { VocabularySoftmax } from './vocabulary-softmax.ts';
