/**
 * BERT: encoders pre-trained by masked language modeling and next-sentence prediction.
 *
 * @module
 */
export { bertCheckpointNames } from './checkpoint.ts';
export type { BertTask } from './checkpoint.ts';
export { parseBertConfig, toBertConfigJson, withBertSettings } from './config.ts';
export type { BertConfig } from './config.ts';
export { BertEmbeddings } from './embeddings.ts';
export { bertFamily } from './family.ts';
export type { BertModels } from './family.ts';
export {
  BertForMultipleChoice,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
} from './heads.ts';
export { BertModel } from './model.ts';
export type { BertOutputs } from './model.ts';
export { BertPooler } from './pooler.ts';
export { BertForMaskedLm, BertForNextSentencePrediction, BertForPreTraining } from './pre-training-heads.ts';
export { BertPredictionHead } from './prediction-head.ts';
export { bertBase, bertLarge, bertMedium, bertMini, bertSmall, bertTiny } from './presets.ts';
