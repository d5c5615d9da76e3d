import type { ClassifierPooling } from './classifier-pooling.ts';
import type { CheckpointNames } from './checkpoint-names.ts';
import type { Module } from './module.ts';
import type { ParameterSource } from './parameter-source.ts';

/**
 * A family of models as a value: what `hub`, the command line and the conformance suite need to know of it. Nothing registers itself; whoever uses a
 * family imports it and passes it on, so bundlers keep only what is imported.
 *
 * `ModelFamily` without arguments is a family of unknown types: what tools take. `Models` maps task names to model classes, for example `{ 'causal-language-modeling': GptForCausalLm }`.
 */
export interface ModelFamily<Config extends object = object, Models extends object = Record<string, Module>> {
  /** As on the command line: `gpt`. */
  readonly name: string;
  /** The values of `model_type` in `config.json` that this family reads. */
  readonly modelTypes: readonly string[];
  /** The published class name of each task, as in `architectures` of `config.json`. Its keys are all tasks of the family. */
  readonly architectures: Readonly<Record<keyof Models & string, readonly string[]>>;
  /** The task that a model is pre-trained for. */
  readonly pretrainingTask: keyof Models & string;
  /** Model sizes by preset name: `{ nano: gptNano }`. */
  readonly presets: Readonly<Record<string, Config>>;
  /** Whether its sequence classifier can read the mean of all tokens instead of one. Default: it cannot. */
  readonly hasMeanPooling?: boolean;

  // Methods and not fields of function type: so a family of known types is also a `ModelFamily` of any type.

  /** Checks a `config.json`. @throws {ConfigError} naming the field. */
  parseConfig(json: unknown): Config;
  /** The configuration as a file with tensors of these names settles it. Absent where `config.json` leaves nothing open. */
  settleConfig?(config: Config, tensorNames: Iterable<string>): Config;
  /** The `config.json` of a model; `parseConfig` reads it back to an equal configuration. */
  toConfigJson(config: Config, task: keyof Models & string): Record<string, unknown>;
  /** Builds a model. It owns its parameters; free them with `disposeModule`. */
  create<Task extends keyof Models & string>(config: Config, task: Task, source: ParameterSource): Models[Task];
  /** Where each parameter stands in published files. */
  checkpointNames(config: Config, task: keyof Models & string): CheckpointNames;
  /** What the tokenizer and data pipeline must respect. */
  limits(config: Config): { readonly vocabSize: number; readonly maxPositions: number };
  /** The same configuration for another vocabulary, number of positions, number of labels or dropout. */
  withSettings(config: Config, settings: FamilySettings): Config;
}

/** The settings that training chooses for any family; absent ones are kept. */
export interface FamilySettings {
  readonly vocabSize?: number;
  readonly maxPositions?: number;
  readonly numLabels?: number;
  /** Only where the family {@link ModelFamily.hasMeanPooling | can}. */
  readonly classifierPooling?: ClassifierPooling;
  /** All dropout rates at once, in [0, 1). */
  readonly dropout?: number;
  readonly padTokenId?: number;
  readonly bosTokenId?: number;
  readonly eosTokenId?: number;
}
