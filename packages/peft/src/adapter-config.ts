import { ConfigError, ConfigReader, isJsonObject, type JsonObject, type JsonValue } from '@cloze/core';
import { bottleneckConfigJson, parseBottleneckConfig, type BottleneckConfig } from './bottleneck-config.ts';
import { ia3ConfigJson, parseIa3Config, type Ia3Config } from './ia3-config.ts';
import { loraConfigJson, parseLoraConfig, type LoraConfig } from './lora-config.ts';
import { parsePromptConfig, promptConfigJson, type PromptConfig } from './prompt-config.ts';
import { parsePTuningConfig, pTuningConfigJson, type PTuningConfig } from './p-tuning-config.ts';
import { parsePrefixConfig, prefixConfigJson, type PrefixConfig } from './prefix-config.ts';
import { parseSelectionConfig, selectionConfigJson, type SelectionConfig } from './selection-config.ts';
import type { TargetSelection } from './target-modules.ts';

/** What all methods share. */
export interface CommonConfig extends TargetSelection {
  /** As in files: `SEQ_CLS`, `TOKEN_CLS`, `QUESTION_ANS`, `CAUSAL_LM`, `SEQ_2_SEQ_LM`. Undefined where the adapter is for no task. */
  readonly taskType: string | undefined;
  /** The file that this was read from, with keys that Cloze does not know: they are written back. Empty where there was none. */
  readonly json: JsonObject;
}

/** The settings of a method of parameter-efficient fine-tuning. */
export type AdapterConfig =
  LoraConfig | Ia3Config | BottleneckConfig | PrefixConfig | PromptConfig | PTuningConfig | SelectionConfig;

const PARSERS: Readonly<Record<string, (reader: ConfigReader, common: CommonConfig) => AdapterConfig>> = {
  LORA: parseLoraConfig,
  IA3: parseIa3Config,
  BOTTLENECK: parseBottleneckConfig,
  PREFIX_TUNING: parsePrefixConfig,
  PROMPT_TUNING: parsePromptConfig,
  P_TUNING: parsePTuningConfig,
  BITFIT: parseSelectionConfig('bitfit'),
  HEAD: parseSelectionConfig('head'),
};

/**
 * Reads an `adapter_config.json` of Hugging Face PEFT, or one of ours: `BOTTLENECK`, `BITFIT` and `HEAD` are not known there.
 *
 * @throws {ConfigError} when a field has another form, or asks for something that would change the result and is not supported.
 */
export function parseAdapterConfig(json: JsonValue): AdapterConfig {
  const reader = new ConfigReader('AdapterConfig', json);
  const parse = reader.choice('peft_type', PARSERS);
  return parse(reader, parseCommon(isJsonObject(json) ? json : {}));
}

/** The `adapter_config.json`, unknown keys of the file that it was read from included. */
export function toAdapterConfigJson(config: AdapterConfig): JsonObject {
  return { ...config.json, ...commonJson(config), ...methodJson(config), inference_mode: true };
}

function methodJson(config: AdapterConfig): JsonObject {
  switch (config.method) {
    case 'lora':
      return loraConfigJson(config);
    case 'ia3':
      return ia3ConfigJson(config);
    case 'bottleneck':
      return bottleneckConfigJson(config);
    case 'prefix':
      return prefixConfigJson(config);
    case 'prompt':
      return promptConfigJson(config);
    case 'p-tuning':
      return pTuningConfigJson(config);
    default:
      return selectionConfigJson(config);
  }
}

function parseCommon(json: JsonObject): CommonConfig {
  const layers = json['layers_to_transform'] ?? [];
  const taskType = json['task_type'] ?? undefined;
  if (taskType !== undefined && typeof taskType !== 'string') throw invalid('task_type', 'a string', taskType);
  return {
    taskType,
    targetModules: namesOrPattern(json, 'target_modules'),
    excludeModules: namesOrPattern(json, 'exclude_modules'),
    layersToTransform: (Array.isArray(layers) ? layers : [layers]).map((layer: JsonValue) => {
      if (typeof layer !== 'number') throw invalid('layers_to_transform', 'numbers of layers', layer);
      return layer;
    }),
    layersPattern: namesOf(json, 'layers_pattern'),
    modulesToSave: namesOf(json, 'modules_to_save'),
    json,
  };
}

/** Only what is set: a file's own nulls stay. */
function commonJson(config: CommonConfig): JsonObject {
  const fields: JsonObject = {
    target_modules: config.targetModules,
    exclude_modules: config.excludeModules,
    layers_to_transform: config.layersToTransform,
    layers_pattern: config.layersPattern,
    modules_to_save: config.modulesToSave,
  };
  const set = Object.entries(fields).filter(([, value]) => (value as string | readonly JsonValue[]).length > 0);
  return { task_type: config.taskType ?? null, ...Object.fromEntries(set) };
}

function namesOf(json: JsonObject, field: string): readonly string[] {
  const names = namesOrPattern(json, field);
  if (typeof names !== 'string') return names;
  return names === '' ? [] : [names];
}

function namesOrPattern(json: JsonObject, field: string): readonly string[] | string {
  const value = json[field] ?? [];
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  throw invalid(field, 'a string or an array of strings', value);
}

function invalid(field: string, expected: string, value: JsonValue): ConfigError {
  return new ConfigReader('AdapterConfig', {}).error(field, expected, value);
}
