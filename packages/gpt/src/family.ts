import type { ModelFamily } from '@cloze/core';
import { gptCheckpointNames } from './checkpoint.ts';
import { parseGptConfig, toGptConfigJson, type GptConfig } from './config.ts';
import { GptForCausalLm, GptForSequenceClassification } from './heads.ts';
import { GptModel } from './model.ts';
import { gpt1, gpt2Large, gpt2Medium, gpt2Small, gpt2Xl, gptMini, gptNano } from './presets.ts';

/** The models of the family by task. */
export interface GptModels {
  readonly base: GptModel;
  readonly 'causal-language-modeling': GptForCausalLm;
  readonly 'sequence-classification': GptForSequenceClassification;
}

/** GPT-1 and GPT-2 as a value, for `hub`, the command line and the conformance suite. */
export const gptFamily: ModelFamily<GptConfig, GptModels> = {
  name: 'gpt',
  modelTypes: ['gpt2', 'openai-gpt'],
  architectures: {
    base: ['GPT2Model', 'OpenAIGPTModel'],
    'causal-language-modeling': ['GPT2LMHeadModel', 'OpenAIGPTLMHeadModel'],
    'sequence-classification': ['GPT2ForSequenceClassification', 'OpenAIGPTForSequenceClassification'],
  },
  pretrainingTask: 'causal-language-modeling',
  presets: {
    nano: gptNano,
    mini: gptMini,
    'gpt2-small': gpt2Small,
    'gpt2-medium': gpt2Medium,
    'gpt2-large': gpt2Large,
    'gpt2-xl': gpt2Xl,
    gpt1: gpt1,
  },
  parseConfig: parseGptConfig,
  toConfigJson: (config, task) => {
    const [gpt2Name = '', gpt1Name = ''] = gptFamily.architectures[task];
    return toGptConfigJson(config, [config.architecture === 'gpt2' ? gpt2Name : gpt1Name]);
  },
  create: (config, task, source) => MODELS[task](config, source),
  checkpointNames: (config, task) => gptCheckpointNames(config, task === 'base' ? '' : 'model.'),
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: (config, { dropout, ...settings }) => ({
    ...config,
    ...settings,
    ...(dropout === undefined ? {} : { embeddingDropout: dropout, attentionDropout: dropout, hiddenDropout: dropout }),
  }),
};

const MODELS: {
  readonly [Task in keyof GptModels]: (...args: ConstructorParameters<typeof GptModel>) => GptModels[Task];
} = {
  base: (config, source) => new GptModel(config, source),
  'causal-language-modeling': (config, source) => new GptForCausalLm(config, source),
  'sequence-classification': (config, source) => new GptForSequenceClassification(config, source),
};
