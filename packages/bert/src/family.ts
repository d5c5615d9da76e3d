import type { ModelFamily } from '@cloze/core';
import { bertCheckpointNames } from './checkpoint.ts';
import { bertTiny, parseBertConfig, toBertConfigJson, withBertSettings, type BertConfig } from './config.ts';
import { BertForCausalLm } from './heads.ts';

/** The models of the family, by task. */
export interface BertModels {
  readonly 'causal-language-modeling': BertForCausalLm;
}

/** Bert as a value, for everything that works with any family. */
export const bertFamily: ModelFamily<BertConfig, BertModels> = {
  name: 'bert',
  modelTypes: ['bert'],
  architectures: { 'causal-language-modeling': ['BertForCausalLM'] },
  pretrainingTask: 'causal-language-modeling',
  presets: { tiny: bertTiny },
  parseConfig: parseBertConfig,
  toConfigJson: (config) => ({ ...toBertConfigJson(config), architectures: ['BertForCausalLM'] }),
  create: (config, _task, source) => new BertForCausalLm(config, source),
  checkpointNames: bertCheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: withBertSettings,
};
