/**
 * T5: encoder-decoders that write text for text, pre-trained by span corruption, v1.0 and v1.1.
 *
 * @module
 */
export { t5CheckpointNames } from './checkpoint.ts';
export type { T5Task } from './checkpoint.ts';
export { parseT5Config, settleT5Config, toT5ConfigJson } from './config.ts';
export type { T5Config } from './config.ts';
export { t5Family } from './family.ts';
export type { T5Models } from './family.ts';
export { T5ForConditionalGeneration } from './heads.ts';
export { T5EncoderModel, T5Model } from './model.ts';
export {
  t5Base,
  t5Large,
  t5Mini,
  t5Small,
  t5SmallScratch,
  t5Tiny,
  t5V11Base,
  t5V11Large,
  t5V11Small,
  t5V11Xl,
  t5V11Xxl,
  t5Xl,
  t5Xxl,
} from './presets.ts';
export { T5ForQuestionAnswering, T5ForSequenceClassification, T5ForTokenClassification } from './supervised-heads.ts';
