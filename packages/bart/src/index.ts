/**
 * BART: encoder-decoders pre-trained by restoring text that was damaged.
 *
 * @module
 */
export { bartCheckpointNames } from './checkpoint.ts';
export { parseBartConfig, toBartConfigJson, withBartSettings } from './config.ts';
export type { BartConfig, BartStackConfig } from './config.ts';
export { bartFamily } from './family.ts';
export type { BartModels } from './family.ts';
export { BartForConditionalGeneration, BartForQuestionAnswering, BartForSequenceClassification } from './heads.ts';
export { BartModel } from './model.ts';
export type { BartInputs } from './model.ts';
export { bartBase, bartLarge, bartMini, bartSmall, bartTiny } from './presets.ts';
