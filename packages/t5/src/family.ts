import type { ModelFamily } from '@cloze/core';
import { t5CheckpointNames } from './checkpoint.ts';
import { t5Tiny, parseT5Config, toT5ConfigJson, withT5Settings, type T5Config } from './config.ts';
import { T5ForCausalLm } from './heads.ts';

/** The models of the family, by task. */
export interface T5Models {
  readonly 'causal-language-modeling': T5ForCausalLm;
}

/** T5 as a value, for everything that works with any family. */
export const t5Family: ModelFamily<T5Config, T5Models> = {
  name: 't5',
  modelTypes: ['t5'],
  architectures: { 'causal-language-modeling': ['T5ForCausalLM'] },
  pretrainingTask: 'causal-language-modeling',
  presets: { tiny: t5Tiny },
  parseConfig: parseT5Config,
  toConfigJson: (config) => ({ ...toT5ConfigJson(config), architectures: ['T5ForCausalLM'] }),
  create: (config, _task, source) => new T5ForCausalLm(config, source),
  checkpointNames: t5CheckpointNames,
  limits: ({ vocabSize, maxPositions }) => ({ vocabSize, maxPositions }),
  withSettings: withT5Settings,
};
