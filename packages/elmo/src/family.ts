import type { ModelFamily } from '@cloze/core';
import { elmoCheckpointNames } from './checkpoint.ts';
import { elmoTiny, parseElmoConfig, toElmoConfigJson, withElmoSettings, type ElmoConfig } from './config.ts';
import { ElmoForCausalLm } from './heads.ts';

/** The models of the family, by task. */
export interface ElmoModels {
  readonly 'causal-language-modeling': ElmoForCausalLm;
}

/** Elmo as a value, for everything that works with any family. */
export const elmoFamily: ModelFamily<ElmoConfig, ElmoModels> = {
  name: 'elmo',
  modelTypes: ['elmo'],
  architectures: { 'causal-language-modeling': ['ElmoForCausalLM'] },
  pretrainingTask: 'causal-language-modeling',
  presets: { tiny: elmoTiny },
  parseConfig: parseElmoConfig,
  toConfigJson: (config) => ({ ...toElmoConfigJson(config), architectures: ['ElmoForCausalLM'] }),
  create: (config, _task, source) => new ElmoForCausalLm(config, source),
  checkpointNames: elmoCheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: withElmoSettings,
};
