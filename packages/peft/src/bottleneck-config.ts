import { ACTIVATIONS, Linear, type Activation, type ConfigReader, type JsonObject, type Module } from '@cloze/core';
import type { CommonConfig } from './adapter-config.ts';
import type { Wrapper } from './adapter-layer.ts';
import { BottleneckLinear } from './bottleneck-linear.ts';
import { methodDefaults } from './method-defaults.ts';

/** Settings of bottleneck adapters. */
export interface BottleneckConfig extends CommonConfig {
  readonly method: 'bottleneck';
  /** The hidden size divided by the bottleneck's. Default: 16. */
  readonly reductionFactor: number;
  readonly activation: Activation;
}

/** What {@link houlsbyConfig} and {@link pfeifferConfig} may be given. */
export type BottleneckOptions = Partial<Omit<BottleneckConfig, 'method'>>;

/** The last layers of blocks, in any family: of attention, and of feed-forward networks. */
const ATTENTION = ['attention.output.dense', 'attn.c_proj', 'self_attn.out_proj', 'SelfAttention.o', 'attention.dense'];
const FEED_FORWARD = ['output.dense', 'mlp.c_proj', 'fc2', 'wo', 'mlp.dense_4h_to_h'];

/**
 * Adapters behind attention and behind the feed-forward network of each layer. Cross-attention gets none.
 *
 * @see Houlsby et al. 2019, "Parameter-Efficient Transfer Learning for NLP", figure 2. <https://arxiv.org/abs/1902.00751>
 */
export function houlsbyConfig(options: BottleneckOptions = {}): BottleneckConfig {
  return bottleneckConfig({ targetModules: [...ATTENTION, ...FEED_FORWARD], activation: 'silu', ...options });
}

/**
 * Adapters behind the feed-forward network of each layer only. They stand before the residual sum and its normalization, as Houlsby's; in the paper's best
 * arrangement they stand behind the sum.
 *
 * @see Pfeiffer et al. 2021, "AdapterFusion: Non-Destructive Task Composition for Transfer Learning", section 4. <https://arxiv.org/abs/2005.00247>
 */
export function pfeifferConfig(options: BottleneckOptions = {}): BottleneckConfig {
  return bottleneckConfig({ targetModules: FEED_FORWARD, excludeModules: ATTENTION, activation: 'relu', ...options });
}

function bottleneckConfig(options: BottleneckOptions): BottleneckConfig {
  return {
    reductionFactor: 16,
    activation: 'silu',
    ...methodDefaults(options.taskType),
    ...options,
    method: 'bottleneck',
  };
}

const ACTIVATION_NAMES = Object.fromEntries(Object.keys(ACTIVATIONS).map((name) => [name, name as Activation]));

/** @throws {ConfigError} see {@link parseAdapterConfig}. */
export function parseBottleneckConfig(reader: ConfigReader, common: CommonConfig): BottleneckConfig {
  return bottleneckConfig({
    ...common,
    reductionFactor: reader.number('reduction_factor', 16, { minimum: 1 }),
    activation: reader.choice('activation', ACTIVATION_NAMES),
  });
}

/** The keys of bottleneck adapters in `adapter_config.json`. */
export function bottleneckConfigJson({ reductionFactor, activation }: BottleneckConfig): JsonObject {
  return { peft_type: 'BOTTLENECK', reduction_factor: reductionFactor, activation };
}

/** How an adapter wraps the last layer of a block. Undefined where it cannot. */
export function bottleneckWrapper(
  layer: Module,
  { reductionFactor, activation }: BottleneckConfig,
): Wrapper | undefined {
  if (!(layer instanceof Linear)) return undefined;
  const size = Math.max(1, Math.round((layer.weight.shape[1] ?? 1) / reductionFactor));
  return {
    entries: {
      'down.weight': { name: 'adapter_down.weight', transpose: true },
      'down.bias': { name: 'adapter_down.bias' },
      'up.weight': { name: 'adapter_up.weight', transpose: true },
      'up.bias': { name: 'adapter_up.bias' },
    },
    wrap: (source) => new BottleneckLinear(layer, { size, activation }, source),
  };
}
