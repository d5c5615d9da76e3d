import type { ConfigReader, JsonObject } from '@cloze/core';
import type { CommonConfig } from './adapter-config.ts';
import { methodDefaults } from './method-defaults.ts';

/** Methods that add nothing: some of the base's own parameters are trained and saved. */
export interface SelectionConfig extends CommonConfig {
  /** `bitfit`: all biases, and the head. `head`: the head alone. */
  readonly method: 'bitfit' | 'head';
}

/** What {@link bitFitConfig} and {@link headOnlyConfig} may be given. */
export type SelectionOptions = Partial<Pick<SelectionConfig, 'taskType' | 'modulesToSave'>>;

/**
 * All biases, those of normalizations included, and the head.
 *
 * @see Ben Zaken et al. 2022, "BitFit: Simple Parameter-efficient Fine-tuning for Transformer-based Masked Language-models".
 *   <https://arxiv.org/abs/2106.10199>
 */
export function bitFitConfig(options: SelectionOptions = {}): SelectionConfig {
  return { ...methodDefaults(options.taskType), ...options, method: 'bitfit' };
}

/** The head alone, on frozen features. `taskType` or `modulesToSave` say what it is. */
export function headOnlyConfig(options: SelectionOptions): SelectionConfig {
  return { ...methodDefaults(options.taskType), ...options, method: 'head' };
}

/** There is nothing else to read. */
export function parseSelectionConfig(method: SelectionConfig['method']) {
  return (_reader: ConfigReader, common: CommonConfig): SelectionConfig => ({ ...common, method });
}

/** The keys in `adapter_config.json`; Hugging Face PEFT has no such methods. */
export function selectionConfigJson({ method }: SelectionConfig): JsonObject {
  return { peft_type: method === 'bitfit' ? 'BITFIT' : 'HEAD' };
}
