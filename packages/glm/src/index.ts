/**
 * GLM: one transformer that reads a text from both sides and fills its blanks from left to right; pre-trained by autoregressive blank infilling.
 *
 * @module
 */
export { glmCheckpointNames } from './checkpoint.ts';
export { GLM_MODEL_TYPE, parseGlmConfig, toGlmConfigJson } from './config.ts';
export type { GlmConfig } from './config.ts';
export { GlmEmbeddings } from './embeddings.ts';
export { glmFamily } from './family.ts';
export { eagerSteps, fillBlanks } from './fill-blanks.ts';
export type { FilledText, FillingOptions, FillingSteps } from './fill-blanks.ts';
export { GlmForConditionalGeneration, GlmForMultipleChoice, GlmForSequenceClassification } from './heads.ts';
export type { ChoiceInputs, GlmModels, PieceTokenInputs } from './heads.ts';
export { joinChoices } from './join-choices.ts';
export type { ChoiceField, JoinChoicesOptions, Question } from './join-choices.ts';
export { GlmModel } from './model.ts';
export { glm10B, glm2B, glm410M, glm515M, glmBase, glmLarge, glmMini, glmSmall, glmTiny } from './presets.ts';
export { glmSpecialTokens } from './special-tokens.ts';
export { joinPieces } from './two-dimensional-positions.ts';
export type { BlankInfillingRow, Piece } from './two-dimensional-positions.ts';
