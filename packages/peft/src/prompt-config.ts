import { ConfigError, normal, type ConfigReader, type Initializer, type JsonObject } from '@cloze/core';
import * as tf from '@tensorflow/tfjs';
import type { CommonConfig } from './adapter-config.ts';
import { methodDefaults } from './method-defaults.ts';
import type { TokenTable } from './token-table.ts';

/** What the vectors of a prompt are at first. */
export type PromptInitialization =
  /** Normal with standard deviation 1, as in Hugging Face PEFT. */
  | 'random'
  /** The embeddings of random tokens. */
  | 'vocabulary'
  /** The embeddings of the tokens of a text. */
  | InitialText;

/** A text that a prompt begins as. */
export interface InitialText {
  readonly text: string;
  /** Where Hugging Face PEFT finds the tokenizer that made the ids; it refuses an adapter that does not name one. */
  readonly tokenizer: string;
  /** The tokens of the text; too few are repeated, too many cut off. */
  readonly ids: readonly number[];
}

/** Settings of prompt tuning. */
export interface PromptConfig extends CommonConfig {
  readonly method: 'prompt';
  /** n. Default: 20. */
  readonly numVirtualTokens: number;
  /** Default: `vocabulary`. Hugging Face PEFT begins at `random`, far from all embeddings. */
  readonly initialization: PromptInitialization;
}

/** What {@link promptConfig} may be given. */
export type PromptOptions = Partial<
  Pick<PromptConfig, 'taskType' | 'modulesToSave' | 'numVirtualTokens' | 'initialization'>
>;

/**
 * Settings of prompt tuning: vectors before the embeddings of the text are all that is trained.
 *
 * @see Lester et al. 2021, "The Power of Scale for Parameter-Efficient Prompt Tuning", section 3.1. <https://arxiv.org/abs/2104.08691>
 */
export function promptConfig(options: PromptOptions = {}): PromptConfig {
  return {
    numVirtualTokens: 20,
    initialization: 'vocabulary',
    ...methodDefaults(options.taskType),
    ...options,
    method: 'prompt',
  };
}

const INITIALIZATIONS = { RANDOM: 'random', SAMPLE_VOCAB: 'vocabulary', TEXT: 'text' } as const;

/** @throws {ConfigError} see {@link parseAdapterConfig}. */
export function parsePromptConfig(reader: ConfigReader, common: CommonConfig): PromptConfig {
  const initialization = reader.choice('prompt_tuning_init', INITIALIZATIONS, 'RANDOM');
  const text = (field: string): string => {
    const value = common.json[field];
    if (typeof value !== 'string') throw reader.error(field, 'a string', value);
    return value;
  };
  return {
    ...common,
    method: 'prompt',
    numVirtualTokens: reader.integer('num_virtual_tokens', 20, { minimum: 1 }),
    // The ids are needed for a new prompt only.
    initialization:
      initialization === 'text'
        ? { text: text('prompt_tuning_init_text'), tokenizer: text('tokenizer_name_or_path'), ids: [] }
        : initialization,
  };
}

/** The keys of prompt tuning in `adapter_config.json`. */
export function promptConfigJson({ numVirtualTokens, initialization }: PromptConfig): JsonObject {
  const fromText = typeof initialization === 'object' && {
    prompt_tuning_init: 'TEXT',
    prompt_tuning_init_text: initialization.text,
    tokenizer_name_or_path: initialization.tokenizer,
  };
  return {
    peft_type: 'PROMPT_TUNING',
    num_virtual_tokens: numVirtualTokens,
    prompt_tuning_init: initialization === 'random' ? 'RANDOM' : 'SAMPLE_VOCAB',
    ...fromText,
  };
}

/** First values of a prompt, [N, D], beside the table of tokens [V, D]. */
export function promptInitializer(
  initialization: PromptInitialization,
  { embedding, numTokens, scale }: TokenTable,
): Initializer {
  if (initialization === 'random') return normal(1);
  return ([numVectors = 0], key) => {
    const ids =
      initialization === 'vocabulary'
        ? Int32Array.from(key.uniform(numVectors), (uniform) => Math.floor(uniform * numTokens))
        : repeated(initialization.ids, numVectors);
    const rows = tf.tidy(() => tf.mul(tf.gather(embedding.weight, tf.tensor1d(ids, 'int32')), scale).dataSync());
    return Float32Array.from(rows);
  };
}

function repeated(ids: readonly number[], count: number): Int32Array {
  if (ids.length === 0) {
    throw new ConfigError({
      message: 'AdapterConfig: a prompt that begins as a text must be given the ids of its tokens, got none.',
      hint: 'Encode the text with the tokenizer of the model.',
    });
  }
  return Int32Array.from({ length: count }, (_, index) => ids[index % ids.length] ?? 0);
}
