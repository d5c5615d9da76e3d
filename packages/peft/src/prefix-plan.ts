import {
  assert,
  ConfigError,
  Embedding,
  FusedSelfAttention,
  Linear,
  MultiHeadAttention,
  normal,
  replaceModules,
  shapeOf,
  zeros,
  type CacheShape,
  type CheckpointNames,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { AdapterPlan, PlanOptions } from './adapter-plan.ts';
import { PrefixAttention, type PrefixPlace } from './prefix-attention.ts';
import { PROJECTION_ENTRIES, type PrefixConfig } from './prefix-config.ts';
import { withFewerPositions } from './prompted-model.ts';
import { PrefixTable, ProjectedPrefix, type PrefixRows } from './prefix-table.ts';
import { isRelativeDecoder, PrefixedDecoder } from './prefixed-decoder.ts';
import { ShiftedPositions } from './shifted-positions.ts';
import { pathsOf, trainedEntries } from './trained-parameters.ts';
import { virtualEntries, withModelSizes } from './virtual-plan.ts';

const ATTENTION = /^(?:model\.)?(decoder\.)?layers\.(\d+)\.attention$/;
const POSITIONS = /^(?:model\.)?(?:embeddings\.positions|positionEmbedding|decoder\.embeddings\.positions)$/;

/** A model's self-attention, in which a prefix may stand. */
interface Site {
  readonly path: string;
  readonly attention: MultiHeadAttention | FusedSelfAttention;
  readonly layer: number;
  readonly isDecoder: boolean;
}

/** Where the prefix of a model stands, by layer; empty where it can have none. */
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

type Options = PlanOptions & { readonly config: PrefixConfig };

/** What prefix tuning means for one model. @throws {ConfigError} when it has no attention of core. */
export function planPrefix(model: Module, names: CheckpointNames, options: Options): AdapterPlan {
  const sites = prefixSites(model);
  const [first] = sites;
  if (first === undefined) {
    throw new ConfigError({
      message: 'AdapterConfig: prefix tuning needs a model with the attention of @cloze/core.',
      hint: 'Use LoRA, BitFit or the head alone with this model.',
    });
  }
  const path = `${relativeDecoderPath(model) ?? first.path}.prefix`;
  const size = widthOf(first);
  const { config } = options;
  const ofBase = trainedEntries(model, names, { config, wrapped: new Set() });
  const network = config.hasProjection ? PROJECTION_ENTRIES : {};
  return {
    wrap: (model, source) => {
      const prefix = createPrefix(
        { ...options, numRows: 2 * sites.length, rowSize: size },
        source.at(...path.split('.')),
      );
      return withPrefix(model, { prefix, sites, numVirtualTokens: config.numVirtualTokens });
    },
    trained: pathsOf(ofBase, (path) => path),
    names: { entries: { ...virtualEntries(path, network), ...ofBase } },
    config: withModelSizes(config, { size, numLayers: sites.length, numHeads: first.attention.numHeads }),
  };
}

/** H * K, what the output projection reads. */
function widthOf({ attention: { output } }: Site): number {
  assert(output instanceof Linear, 'Prefix tuning: the model has another adapter already.');
  return shapeOf(output.weight, 2, 'Prefix tuning: output.weight')[0];
}

function relativeDecoderPath(model: Module): string | undefined {
  let found: string | undefined;
  replaceModules(model, (module, path) => {
    if (isRelativeDecoder(module)) found ??= path;
    return module;
  });
  return found;
}

function createPrefix(
  { config, isFolded, numRows, rowSize }: Options & { readonly numRows: number; readonly rowSize: number },
  source: ParameterSource,
): PrefixRows {
  const { numVirtualTokens, startsAtZero, encoderHiddenSize = rowSize } = config;
  if (config.hasProjection && !isFolded) {
    return new ProjectedPrefix({ numVirtualTokens, numRows, rowSize, encoderHiddenSize, startsAtZero }, source);
  }
  const initializer = startsAtZero ? zeros : normal(1);
  return new PrefixTable(source.get('table', [numVirtualTokens, numRows * rowSize], initializer), numRows);
}

interface Prefix {
  readonly prefix: PrefixRows;
  readonly sites: readonly Site[];
  readonly numVirtualTokens: number;
}

/** Puts a prefix before all self-attention, and the tokens behind it. */
function withPrefix<M extends Module>(model: M, { prefix, sites, numVirtualTokens }: Prefix): M {
  const places = sites.map((site) => placeOf(site, prefix.numRows));
  const tables = positionTables(model);
  const prefixed = replaceModules(model, (module, path) => {
    if (isRelativeDecoder(module)) return new PrefixedDecoder(module, prefix, { places, numVirtualTokens });
    const table = tables.find((table) => table === module);
    if (table !== undefined) return new ShiftedPositions(table, numVirtualTokens);
    const index = sites.findIndex((site) => site.path === path);
    const [site, place] = [sites[index], places[index]];
    return site === undefined || place === undefined ? module : new PrefixAttention(site.attention, prefix, place.row);
  });
  return tables.length > 0 ? withRoomFor(prefixed, numVirtualTokens) : prefixed;
}

/** The learned positions of what gets the prefix. */
function positionTables(model: Module): readonly Embedding[] {
  const tables: Embedding[] = [];
  replaceModules(model, (module, path) => {
    if (module instanceof Embedding && POSITIONS.test(path)) tables.push(module);
    return module;
  });
  return tables;
}

/** PEFT writes decoders' rows twice, for cross-attention, too, and then takes every fourth: layer l has rows 4l and 4l + 1, counted around. */
function placeOf({ attention: { numHeads }, layer, isDecoder }: Site, numRows: number): PrefixPlace {
  return { row: isDecoder ? (4 * layer) % numRows : 2 * layer, numHeads };
}

/** The same language model, telling that it has fewer positions for a text. */
function withRoomFor<M extends Module>(model: M, numVirtualTokens: number): M {
  if (!hasCacheShape(model)) return model;
  const cacheShape = withFewerPositions(model.cacheShape, numVirtualTokens);
  return Object.assign(Object.create(Object.getPrototypeOf(model) as object) as M, model, { cacheShape });
}

function hasCacheShape(model: Module): model is Module & { readonly cacheShape: CacheShape } {
  return 'cacheShape' in model;
}
