import { Linear, type ConfigReader, type JsonObject, type Module } from '@cloze/core';
import type { CommonConfig } from './adapter-config.ts';
import type { Wrapper } from './adapter-layer.ts';
import { Ia3Linear } from './ia3-linear.ts';
import { methodDefaults } from './method-defaults.ts';
import { matchesName } from './target-modules.ts';

/** Settings of IA3. */
export interface Ia3Config extends CommonConfig {
  readonly method: 'ia3';
  /** Those targets whose input is scaled, not the output: names that end their paths, or a regular expression for the whole path. */
  readonly feedForwardModules: readonly string[] | string;
}

/** What {@link ia3Config} may be given. */
export type Ia3Options = Partial<Omit<Ia3Config, 'method'>>;

/** The second layers of feed-forward networks, in any family. */
const FEED_FORWARD = ['output.dense', 'mlp.c_proj', 'wo', 'fc2', 'dense_4h_to_h'];

/**
 * Settings of IA3. By default keys, values and the feed-forward networks are scaled, as in the paper, and fused projections as a whole. Hugging Face PEFT
 * takes q_proj instead of k_proj for BART.
 */
export function ia3Config(options: Ia3Options = {}): Ia3Config {
  return {
    ...methodDefaults(options.taskType),
    targetModules: ['key', 'value', 'c_attn', 'query_key_value', 'k_proj', 'v_proj', 'k', 'v', ...FEED_FORWARD],
    feedForwardModules: FEED_FORWARD,
    ...options,
    method: 'ia3',
  };
}

/** @throws {ConfigError} see {@link parseAdapterConfig}. */
export function parseIa3Config(reader: ConfigReader, common: CommonConfig): Ia3Config {
  const { feedforward_modules: feedForward } = common.json;
  const { targetModules, feedForwardModules } = ia3Config();
  return ia3Config({
    ...common,
    ...(common.targetModules.length === 0 && { targetModules }),
    feedForwardModules:
      typeof feedForward === 'string'
        ? feedForward
        : reader.has('feedforward_modules')
          ? reader.list('feedforward_modules').map((name) => {
              if (typeof name !== 'string') throw reader.error('feedforward_modules', 'an array of strings', name);
              return name;
            })
          : feedForwardModules,
  });
}

/** The keys of IA3 in `adapter_config.json`. */
export function ia3ConfigJson(config: Ia3Config): JsonObject {
  return { peft_type: 'IA3', feedforward_modules: config.feedForwardModules };
}

/** How IA3 wraps a layer. Undefined where it cannot. @param path the published one. */
export function ia3Wrapper(layer: Module, path: string, { feedForwardModules }: Ia3Config): Wrapper | undefined {
  if (!(layer instanceof Linear)) return undefined;
  // By the end of the path, whatever stands before it: so PEFT takes attention.output.dense for `output.dense`, too.
  const isFeedForward =
    typeof feedForwardModules === 'string'
      ? matchesName(path, feedForwardModules)
      : feedForwardModules.some((name) => path.endsWith(name));
  const [inputSize = 1, outputSize = 1] = layer.weight.shape;
  return {
    entries: { vector: { name: 'ia3_l', fileShape: isFeedForward ? [1, inputSize] : [outputSize, 1] } },
    wrap: (source) => new Ia3Linear(layer, isFeedForward ? 'input' : 'output', source),
  };
}
