import { ConfigError, Embedding, Linear, type ConfigReader, type JsonObject, type Module } from '@cloze/core';
import type { CommonConfig } from './adapter-config.ts';
import type { Wrapper } from './adapter-layer.ts';
import { DoraLinear } from './dora-linear.ts';
import { LoraEmbedding } from './lora-embedding.ts';
import { LoraLinear, type LowRank } from './lora-linear.ts';
import { methodDefaults } from './method-defaults.ts';
import { patternValue } from './target-modules.ts';

/** Settings of LoRA and of its variants rsLoRA and DoRA. */
export interface LoraConfig extends CommonConfig {
  readonly method: 'lora';
  /** r. Default: 8. */
  readonly rank: number;
  /** Default: 8. The update is multiplied by alpha / r. */
  readonly alpha: number;
  /** Default: 0. */
  readonly dropout: number;
  /** rsLoRA: alpha / sqrt(r) instead (Kalajdzievski 2023). Default: false. */
  readonly isRankStabilized: boolean;
  /** DoRA, see `DoraLinear`. Default: false. */
  readonly isWeightDecomposed: boolean;
  /** Which biases of the base are trained besides: those of all layers, or of the changed ones. Default: `none`. */
  readonly biases: 'none' | 'all' | 'changed';
  /** Ranks of single layers, by regular expressions for the end of their paths. */
  readonly rankPattern: Readonly<Record<string, number>>;
  /** The same for alpha. */
  readonly alphaPattern: Readonly<Record<string, number>>;
}

/** What {@link loraConfig} may be given. */
export type LoraOptions = Partial<Omit<LoraConfig, 'method'>>;

/**
 * Settings of LoRA, Hugging Face PEFT's defaults where nothing is said.
 *
 * @param options `targetModules`: by default the projections that PEFT changes in each family: query and value, or the one they are fused in;
 *   of ELMo all linear layers below its LSTMs.
 */
export function loraConfig(options: LoraOptions = {}): LoraConfig {
  return {
    rank: 8,
    alpha: 8,
    dropout: 0,
    isRankStabilized: false,
    isWeightDecomposed: false,
    biases: 'none',
    rankPattern: {},
    alphaPattern: {},
    ...methodDefaults(options.taskType),
    targetModules: TARGETS,
    ...options,
    method: 'lora',
  };
}

/** Projections of attention, in any family; and the linear layers of ELMo, which has none. */
const TARGETS = [
  ...['query', 'value', 'c_attn', 'query_key_value', 'q_proj', 'v_proj', 'q', 'v'],
  ...['carry', 'transform', 'projection'],
];

const BIASES = { none: 'none', all: 'all', lora_only: 'changed' } as const;

/** Settings that would change the result and that Cloze does not have: they must be absent, null, false or empty. */
const UNSUPPORTED = [
  'alora_invocation_tokens',
  'arrow_config',
  'kasa_config',
  'layer_replication',
  'lora_bias',
  'monteclora_config',
  'target_parameters',
  'trainable_token_indices',
  'use_bdlora',
  'use_qalora',
  'velora_config',
];

/** @throws {ConfigError} see {@link parseAdapterConfig}. */
export function parseLoraConfig(reader: ConfigReader, common: CommonConfig): LoraConfig {
  const { json } = common;
  for (const field of UNSUPPORTED) {
    const value = json[field];
    const isUnset = value === undefined || value === null || value === false || Object.keys(value).length === 0;
    if (value === true || !isUnset) throw reader.error(field, 'unset: it is not supported', value);
  }
  const { targetModules } = loraConfig();
  return loraConfig({
    ...common,
    ...(common.targetModules.length === 0 && { targetModules }),
    rank: reader.integer('r', 8, { minimum: 1 }),
    alpha: reader.number('lora_alpha', 8),
    dropout: reader.dropout('lora_dropout', 0),
    isRankStabilized: reader.boolean('use_rslora', false),
    isWeightDecomposed: reader.boolean('use_dora', false),
    biases: reader.choice('bias', BIASES, 'none'),
    rankPattern: numbers(reader, json, 'rank_pattern'),
    alphaPattern: numbers(reader, json, 'alpha_pattern'),
  });
}

/** The keys of LoRA in `adapter_config.json`. */
export function loraConfigJson(config: LoraConfig): JsonObject {
  return {
    peft_type: 'LORA',
    r: config.rank,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    use_rslora: config.isRankStabilized,
    use_dora: config.isWeightDecomposed,
    bias: Object.entries(BIASES).find(([, biases]) => biases === config.biases)?.[0] ?? 'none',
    rank_pattern: config.rankPattern,
    alpha_pattern: config.alphaPattern,
  };
}

/** How LoRA wraps a layer. Undefined where it cannot. @param path the published one. */
export function loraWrapper(layer: Module, path: string, config: LoraConfig): Wrapper | undefined {
  const rank = patternValue(path, config.rankPattern) ?? config.rank;
  const alpha = patternValue(path, config.alphaPattern) ?? config.alpha;
  const scale = alpha / (config.isRankStabilized ? Math.sqrt(rank) : rank);
  const lowRank: LowRank = { rank, scale, dropout: config.dropout };
  if (layer instanceof Linear) {
    const entries = {
      loraA: { name: 'lora_A.weight', transpose: true },
      loraB: { name: 'lora_B.weight', transpose: true },
    };
    return config.isWeightDecomposed
      ? {
          entries: { ...entries, magnitude: { name: 'lora_magnitude_vector' } },
          wrap: (source) => new DoraLinear(layer, lowRank, source),
        }
      : { entries, wrap: (source) => new LoraLinear(layer, lowRank, source) };
  }
  if (!(layer instanceof Embedding)) return undefined;
  if (config.isWeightDecomposed) {
    throw new ConfigError({
      message: `DoRA must change linear layers only; ${path} is an embedding.`,
      hint: 'Leave it out of the targets, or use LoRA.',
    });
  }
  return {
    entries: {
      'loraA.weight': { name: 'lora_embedding_A', transpose: true },
      loraB: { name: 'lora_embedding_B', transpose: true },
    },
    wrap: (source) => new LoraEmbedding(layer, lowRank, source),
  };
}

function numbers(reader: ConfigReader, json: JsonObject, field: string): Readonly<Record<string, number>> {
  if (!reader.has(field)) return {};
  const section = reader.section(field);
  return Object.fromEntries(Object.keys(json[field] ?? {}).map((pattern) => [pattern, section.number(pattern)]));
}
