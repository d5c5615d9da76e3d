/**
 * GPT: decoders pre-trained by predicting the next token, GPT-1 and GPT-2.
 *
 * @module
 */
export { gptCheckpointNames } from './checkpoint.ts';
export { parseGptConfig, toGptConfigJson } from './config.ts';
export type { GptConfig } from './config.ts';
export { GptDoubleHeads } from './double-heads.ts';
export type { DoubleHeadsInputs, DoubleHeadsOutputs } from './double-heads.ts';
export { gptFamily } from './family.ts';
export type { GptModels } from './family.ts';
export {
  GptForCausalLm,
  GptForQuestionAnswering,
  GptForSequenceClassification,
  GptForTokenClassification,
} from './heads.ts';
export { GptModel } from './model.ts';
export { gpt1, gpt2Large, gpt2Medium, gpt2Small, gpt2Xl, gptMini, gptNano } from './presets.ts';
