import type { ModelFamily } from '@cloze/core';
import { gptCheckpointNames } from './checkpoint.ts';
import { parseGptConfig, toGptConfigJson, type GptConfig } from './config.ts';
import { GptDoubleHeads } from './double-heads.ts';
import {
  GptForCausalLm,
  GptForQuestionAnswering,
  GptForSequenceClassification,
  GptForTokenClassification,
} from './heads.ts';
import { GptModel } from './model.ts';
import { gpt1, gpt2Large, gpt2Medium, gpt2Small, gpt2Xl, gptMini, gptNano } from './presets.ts';

/** The models of the family by task. */
export interface GptModels {
  readonly base: GptModel;
  readonly 'causal-language-modeling': GptForCausalLm;
  readonly 'double-heads': GptDoubleHeads;
  readonly 'sequence-classification': GptForSequenceClassification;
  readonly 'token-classification': GptForTokenClassification;
  readonly 'question-answering': GptForQuestionAnswering;
}

/** GPT-1 and GPT-2 as a value, for `hub`, the command line and the conformance suite. */
export const gptFamily: ModelFamily<GptConfig, GptModels> = {
  name: 'gpt',
  modelTypes: ['gpt2', 'openai-gpt'],
  architectures: {
    base: ['GPT2Model', 'OpenAIGPTModel'],
    'causal-language-modeling': ['GPT2LMHeadModel', 'OpenAIGPTLMHeadModel'],
    'double-heads': ['GPT2DoubleHeadsModel', 'OpenAIGPTDoubleHeadsModel'],
    'sequence-classification': ['GPT2ForSequenceClassification', 'OpenAIGPTForSequenceClassification'],
    // Hugging Face transformers has no such classes for GPT-1: name the task to load one.
    'token-classification': ['GPT2ForTokenClassification'],
    'question-answering': ['GPT2ForQuestionAnswering'],
  },
  pretrainingTask: 'causal-language-modeling',
  presets: {
    // What other families call tiny has nanoGPT's name here; both are taken.
    nano: gptNano,
    tiny: gptNano,
    mini: gptMini,
    small: gpt2Small,
    'gpt2-small': gpt2Small,
    'gpt2-medium': gpt2Medium,
    'gpt2-large': gpt2Large,
    'gpt2-xl': gpt2Xl,
    gpt1: gpt1,
  },
  hasMeanPooling: true,
  parseConfig: parseGptConfig,
  toConfigJson: (config, task) => {
    const prefix = config.architecture === 'gpt2' ? 'GPT2' : 'OpenAIGPT';
    const names = gptFamily.architectures[task].filter((name) => name.startsWith(prefix));
    return toGptConfigJson(config, names);
  },
  create: (config, task, source) => MODELS[task](config, source),
  checkpointNames: gptCheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: (config, { dropout, ...settings }) => ({
    ...config,
    ...settings,
    ...(dropout === undefined ? {} : dropoutEverywhere(dropout)),
  }),
};

function dropoutEverywhere(rate: number): Partial<GptConfig> {
  return {
    embeddingDropout: rate,
    attentionDropout: rate,
    hiddenDropout: rate,
    classifierDropout: rate,
    summaryDropout: rate,
  };
}

const MODELS: {
  readonly [Task in keyof GptModels]: (...args: ConstructorParameters<typeof GptModel>) => GptModels[Task];
} = {
  base: (config, source) => new GptModel(config, source),
  'causal-language-modeling': (config, source) => new GptForCausalLm(config, source),
  'double-heads': (config, source) => new GptDoubleHeads(config, source),
  'sequence-classification': (config, source) => new GptForSequenceClassification(config, source),
  'token-classification': (config, source) => new GptForTokenClassification(config, source),
  'question-answering': (config, source) => new GptForQuestionAnswering(config, source),
};
