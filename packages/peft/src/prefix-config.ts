import {
  assert,
  Embedding,
  FusedSelfAttention,
  Linear,
  MultiHeadAttention,
  normal,
  replaceModules,
  shapeOf,
  type ConfigReader,
  type JsonObject,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type * as tf from '@tensorflow/tfjs';
import type { CommonConfig } from './adapter-config.ts';
import { methodDefaults } from './method-defaults.ts';
import { PrefixAttention } from './prefix-attention.ts';
import { ShiftedPositions } from './shifted-positions.ts';

/** Settings of prefix tuning. */
export interface PrefixConfig extends CommonConfig {
  readonly method: 'prefix';
  /** n. */
  readonly numVirtualTokens: number;
}

/** What {@link prefixConfig} may be given. */
export type PrefixOptions = Partial<Pick<PrefixConfig, 'taskType' | 'modulesToSave' | 'numVirtualTokens'>>;

/**
 * Settings of prefix tuning, without projection. Default: 20 virtual tokens.
 *
 * It needs attention of core and learned positions: BERT, GPT-2 and BART, where the decoder gets the prefix; not T5.
 */
export function prefixConfig(options: PrefixOptions = {}): PrefixConfig {
  return { numVirtualTokens: 20, ...methodDefaults(options.taskType), ...options, method: 'prefix' };
}

/** A projection is folded into the table when it is saved, so `prefix_projection` changes nothing here. */
export function parsePrefixConfig(reader: ConfigReader, common: CommonConfig): PrefixConfig {
  return { ...common, method: 'prefix', numVirtualTokens: reader.integer('num_virtual_tokens', 20, { minimum: 1 }) };
}

/** The keys of prefix tuning in `adapter_config.json`. */
export function prefixConfigJson({ numVirtualTokens, json }: PrefixConfig): JsonObject {
  return { prefix_projection: false, ...json, peft_type: 'PREFIX_TUNING', num_virtual_tokens: numVirtualTokens };
}

const ATTENTION = /^(?:model\.)?(decoder\.)?layers\.(\d+)\.attention$/;
const POSITIONS = /^(?:model\.)?(?:embeddings\.positions|positionEmbedding|decoder\.embeddings\.positions)$/;

/** A model's self-attention, in which a prefix may stand. */
interface Site {
  readonly path: string;
  readonly attention: MultiHeadAttention | FusedSelfAttention;
  readonly layer: number;
  readonly isDecoder: boolean;
}

/** Where the prefix of a model stands; empty where it can have none. */
export function prefixSites(model: Module): readonly Site[] {
  const sites: Site[] = [];
  replaceModules(model, (module, path) => {
    const match = ATTENTION.exec(path);
    if (match !== null && (module instanceof MultiHeadAttention || module instanceof FusedSelfAttention)) {
      sites.push({ path, attention: module, layer: Number(match[2]), isDecoder: match[1] !== undefined });
    }
    return module;
  });
  return sites;
}

/** Puts a prefix before all self-attention, and the tokens behind it. */
export function withPrefix<M extends Module>(model: M, { numVirtualTokens }: PrefixConfig, source: ParameterSource): M {
  const sites = prefixSites(model);
  const numRows = 2 * sites.length;
  let table: tf.Tensor | undefined;
  return replaceModules(model, (module, path) => {
    if (module instanceof Embedding && POSITIONS.test(path)) return new ShiftedPositions(module, numVirtualTokens);
    const site = sites.find((site) => site.path === path);
    if (site === undefined) return module;
    table ??= source.at(...path.split('.')).get('table', [numVirtualTokens, numRows * widthOf(site)], normal(1));
    // PEFT writes decoders' rows twice, for cross-attention, too, and then takes every fourth: layer l has rows 4l and 4l + 1, counted around.
    const row = site.isDecoder ? (4 * site.layer) % numRows : 2 * site.layer;
    return new PrefixAttention(site.attention, { table, row, numRows });
  });
}

/** H * K, what the output projection reads. */
function widthOf({ attention: { output } }: Site): number {
  assert(output instanceof Linear, 'Prefix tuning: the model has another adapter already.');
  return shapeOf(output.weight, 2, 'Prefix tuning: output.weight')[0];
}
