import type { ModelFamily } from '@cloze/core';
import { novaCheckpointNames } from './checkpoint.ts';
import { novaTiny, parseNovaConfig, toNovaConfigJson, withNovaSettings, type NovaConfig } from './config.ts';
import { NovaForCausalLm } from './heads.ts';

/** The models of the family, by task. */
export interface NovaModels {
  readonly 'causal-language-modeling': NovaForCausalLm;
}

/** Nova as a value, for everything that works with any family. */
export const novaFamily: ModelFamily<NovaConfig, NovaModels> = {
  name: 'nova',
  modelTypes: ['nova'],
  architectures: { 'causal-language-modeling': ['NovaForCausalLM'] },
  pretrainingTask: 'causal-language-modeling',
  presets: { tiny: novaTiny },
  parseConfig: parseNovaConfig,
  toConfigJson: (config) => ({ ...toNovaConfigJson(config), architectures: ['NovaForCausalLM'] }),
  create: (config, _task, source) => new NovaForCausalLm(config, source),
  checkpointNames: novaCheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: withNovaSettings,
};
