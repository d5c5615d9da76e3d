import * as tf from '@tensorflow/tfjs';
import {
  shapeOf,
  type CausalHiddenStates,
  type DecoderInputs,
  type ForwardOptions,
  type KeyValues,
  type Module,
} from '@cloze/core';
import { notMergeable, type AdapterLayer } from './adapter-layer.ts';
import { joinedKeyValues, prefixKeyValues, type PrefixPlace } from './prefix-attention.ts';
import type { PrefixRows } from './prefix-table.ts';
import { behind, preceded } from './virtual-inputs.ts';

/** What a decoder is given besides embeddings. */
type EmbeddedInputs = Omit<DecoderInputs, 'inputIds'>;

/** A decoder that adds its positions to the scores of attention, as T5's: of a prefix, all of it must know. */
export interface RelativeDecoder extends Module {
  readonly relativePositionBias: Module;
  crossKeyValues(encoderLastHiddenState: tf.Tensor, options?: ForwardOptions): readonly KeyValues[];
  forward(embedded: tf.Tensor, inputs: EmbeddedInputs, options?: ForwardOptions): CausalHiddenStates;
}

/** Whether a module is a {@link RelativeDecoder}. */
export function isRelativeDecoder(module: Module): module is RelativeDecoder {
  return 'relativePositionBias' in module && 'crossKeyValues' in module;
}

/** A decoder that begins with trained keys and values in its cache. */
export class PrefixedDecoder implements RelativeDecoder, AdapterLayer {
  readonly prefix: PrefixRows;
  readonly base: RelativeDecoder;
  /** By layer. */
  readonly places: readonly PrefixPlace[];
  readonly numVirtualTokens: number;

  constructor(
    base: RelativeDecoder,
    prefix: PrefixRows,
    { places, numVirtualTokens }: Pick<PrefixedDecoder, 'places' | 'numVirtualTokens'>,
  ) {
    this.prefix = prefix;
    this.base = base;
    this.places = places;
    this.numVirtualTokens = numVirtualTokens;
  }

  get relativePositionBias(): Module {
    return this.base.relativePositionBias;
  }

  crossKeyValues(encoderLastHiddenState: tf.Tensor, options: ForwardOptions = {}): readonly KeyValues[] {
    return this.base.crossKeyValues(encoderLastHiddenState, options);
  }

  /** @param embedded [B, T, D]. With a cache, the prefix is in it; without, the returned keys and values begin with it. */
  forward(embedded: tf.Tensor, inputs: EmbeddedInputs, options: ForwardOptions = {}): CausalHiddenStates {
    const [batchSize, length] = shapeOf(embedded, 3, 'PrefixedDecoder: embedded');
    const positions = inputs.positionIds ?? tf.tile(tf.expandDims(tf.range(0, length, 1, 'int32'), 0), [batchSize, 1]);
    const given = { ...inputs, positionIds: behind(positions, this.numVirtualTokens) };
    if (inputs.cache !== undefined) return this.base.forward(embedded, given, options);
    const cache = this.places.map((place) => prefixKeyValues(this.prefix, place, batchSize));
    const mask = inputs.attentionMask ?? tf.ones([batchSize, length]);
    const attentionMask = preceded(mask, tf.ones([this.numVirtualTokens]));
    const outputs = this.base.forward(embedded, { ...given, cache, attentionMask }, options);
    const keyValues = outputs.keyValues.map((own, layer) => {
      const prefix = cache[layer];
      return prefix === undefined ? own : joinedKeyValues(prefix, own);
    });
    return { ...outputs, keyValues };
  }

  merged(): never {
    throw notMergeable('Prefixes', 'they are tokens, not weights');
  }
}
