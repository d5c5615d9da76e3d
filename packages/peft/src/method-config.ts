import type { AdapterConfig } from './adapter-config.ts';
import { houlsbyConfig, pfeifferConfig } from './bottleneck-config.ts';
import { ia3Config } from './ia3-config.ts';
import { loraConfig } from './lora-config.ts';
import { pTuningConfig } from './p-tuning-config.ts';
import { prefixConfig } from './prefix-config.ts';
import { promptConfig } from './prompt-config.ts';
import { bitFitConfig, headOnlyConfig } from './selection-config.ts';

/** A way of fine-tuning by the name that it has on the command line; `full` trains everything, `adapter` is Pfeiffer's. */
export type MethodName =
  'full' | 'head' | 'bitfit' | 'lora' | 'dora' | 'ia3' | 'adapter' | 'houlsby' | 'prefix' | 'prompt' | 'p-tuning';

const CONFIGS: Readonly<Record<MethodName, (options: { readonly taskType?: string }) => AdapterConfig | undefined>> = {
  full: () => undefined,
  head: headOnlyConfig,
  bitfit: bitFitConfig,
  lora: loraConfig,
  dora: (options) => loraConfig({ ...options, isWeightDecomposed: true }),
  ia3: ia3Config,
  adapter: pfeifferConfig,
  houlsby: houlsbyConfig,
  prefix: prefixConfig,
  prompt: promptConfig,
  'p-tuning': pTuningConfig,
};

/** All {@link MethodName}s. */
export const METHOD_NAMES: readonly MethodName[] = Object.keys(CONFIGS) as MethodName[];

/** PEFT's task types by the names of tasks that families share; other tasks have none. */
const TASK_TYPES: Readonly<Record<string, string>> = {
  'sequence-classification': 'SEQ_CLS',
  'next-sentence-prediction': 'SEQ_CLS',
  'multiple-choice': 'SEQ_CLS',
  'token-classification': 'TOKEN_CLS',
  'question-answering': 'QUESTION_ANS',
  'causal-language-modeling': 'CAUSAL_LM',
  'conditional-generation': 'SEQ_2_SEQ_LM',
};

/**
 * The settings of a method, each at its default: they fit the layers of any family that the method makes sense for, and train the head of supervised tasks.
 *
 * @param task a key of the family's `architectures`.
 * @returns undefined for `full`, which needs no adapter.
 */
export function methodConfig(method: MethodName, task: string): AdapterConfig | undefined {
  const taskType = TASK_TYPES[task];
  return CONFIGS[method]({ ...(taskType !== undefined && { taskType }) });
}
