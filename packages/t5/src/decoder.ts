import * as tf from '@tensorflow/tfjs';
import {
  causalBias,
  dropout,
  paddingBias,
  RmsNorm,
  shapeOf,
  ShapeError,
  within,
  type AttentionInputs,
  type AttentionResult,
  type CausalHiddenStates,
  type DecoderInputs,
  type ForwardOptions,
  type KeyValues,
  type Module,
  type MultiHeadAttention,
  type ParameterSource,
  type SelfAttention,
} from '@cloze/core';
import { createAttention } from './attention.ts';
import { checkMask } from './check-mask.ts';
import type { T5Config } from './config.ts';
import { T5FeedForward } from './feed-forward.ts';
import { RelativePositionBias } from './relative-position-bias.ts';

/** The decoder's stack: each token attends to those before it, and to the source. Relative positions count in the first only. */
export class T5Decoder implements Module {
  readonly relativePositionBias: RelativePositionBias;
  readonly layers: readonly T5DecoderLayer[];
  readonly finalNorm: RmsNorm;
  readonly dropout: number;

  constructor(config: T5Config, source: ParameterSource) {
    this.relativePositionBias = new RelativePositionBias(config, false, source.at('relativePositionBias'));
    this.layers = Array.from(
      { length: config.numDecoderLayers },
      (_, index) => new T5DecoderLayer(config, source.at('layers', index)),
    );
    this.finalNorm = new RmsNorm(config.hiddenSize, config.layerNormEpsilon, source.at('finalNorm'));
    this.dropout = config.dropout;
  }

  /** What the layers attend to, each [B, H, S, K], from the source's hidden states [B, S, D]. */
  crossKeyValues(encoderLastHiddenState: tf.Tensor, options: ForwardOptions = {}): readonly KeyValues[] {
    return this.layers.map(({ crossAttention }, index) =>
      crossAttention.keyValuesOf(encoderLastHiddenState, within(options, 'layers', index, 'crossAttention')),
    );
  }

  /**
   * With a cache, `positionIds` of the given tokens count the attended tokens before them, cached ones included. Cached slots need no positions: that
   * of a slot is the number of attended slots before it, so padding and empty slots may stand anywhere.
   *
   * @param embedded [B, T, D], the embeddings of the tokens; the inputs' `inputIds` are not read.
   * @throws {ShapeError} when a mask has another number of columns, or when a cache comes without mask or positions.
   */
  forward(
    embedded: tf.Tensor,
    inputs: Omit<DecoderInputs, 'inputIds'>,
    options: ForwardOptions = {},
  ): CausalHiddenStates {
    const { attentionMask, encoderAttentionMask, crossKeyValues, cache } = inputs;
    const [, length] = shapeOf(embedded, 3, 'T5Decoder: embedded');
    const capacity = cache?.[0]?.key.shape[2] ?? 0;
    checkMask('the attentionMask of the target', attentionMask, capacity + length);
    checkMask('encoderAttentionMask', encoderAttentionMask, crossKeyValues[0]?.key.shape[2] ?? 0);
    const { targets, sources } = positionsOf(inputs, length, capacity);
    const bias = tf.add(
      this.relativePositionBias.forward(targets, sources),
      causalBias(length, capacity, attentionMask),
    ); // [B or 1, H, T, S + T]
    const crossBias = encoderAttentionMask && paddingBias(encoderAttentionMask);

    let hidden = dropout(embedded, this.dropout, within(options, 'embedded').key);
    const hiddenStates = [hidden];
    const keyValues: KeyValues[] = [];
    this.layers.forEach((layer, index) => {
      const result = layer.forward(hidden, {
        self: { bias, cache: cache?.[index] },
        cross: { bias: crossBias, keyValues: crossKeyValues[index] },
        ...within(options, 'layers', index),
      });
      hidden = result.output;
      hiddenStates.push(hidden);
      keyValues.push(result.keyValues);
    });
    const lastHiddenState = dropout(this.finalNorm.forward(hidden), this.dropout, within(options, 'final').key);
    return { lastHiddenState, hiddenStates: [...hiddenStates.slice(0, -1), lastHiddenState], keyValues };
  }
}

/** What a decoder layer is given. */
interface T5DecoderLayerInputs extends ForwardOptions {
  readonly self: Pick<AttentionInputs, 'bias' | 'cache'>;
  readonly cross: Pick<AttentionInputs, 'bias'> & { readonly keyValues: KeyValues | undefined };
}

/** Self-attention, attention to the source and a feed-forward network, each normalized before and added to what it was given. */
class T5DecoderLayer implements Module {
  readonly attention: SelfAttention;
  readonly attentionNorm: RmsNorm;
  readonly crossAttention: MultiHeadAttention;
  readonly crossAttentionNorm: RmsNorm;
  readonly feedForward: T5FeedForward;
  readonly feedForwardNorm: RmsNorm;
  readonly dropout: number;

  constructor(config: T5Config, source: ParameterSource) {
    const { hiddenSize, layerNormEpsilon } = config;
    this.attention = createAttention(config, source.at('attention'));
    this.attentionNorm = new RmsNorm(hiddenSize, layerNormEpsilon, source.at('attentionNorm'));
    this.crossAttention = createAttention(config, source.at('crossAttention'));
    this.crossAttentionNorm = new RmsNorm(hiddenSize, layerNormEpsilon, source.at('crossAttentionNorm'));
    this.feedForward = new T5FeedForward(config, source.at('feedForward'));
    this.feedForwardNorm = new RmsNorm(hiddenSize, layerNormEpsilon, source.at('feedForwardNorm'));
    this.dropout = config.dropout;
  }

  /** @param x [B, T, D]; the output has the same shape. */
  forward(x: tf.Tensor, { self, cross, ...options }: T5DecoderLayerInputs): AttentionResult {
    const add = (sum: tf.Tensor, block: tf.Tensor, name: string): tf.Tensor =>
      tf.add(sum, dropout(block, this.dropout, within(options, name).key));
    const attended = this.attention.forward(this.attentionNorm.forward(x), {
      ...self,
      ...within(options, 'attention'),
    });
    let h = add(x, attended.output, 'attentionDropout');
    const crossed = this.crossAttention.forward(this.crossAttentionNorm.forward(h), {
      ...cross,
      ...within(options, 'crossAttention'),
    });
    h = add(h, crossed.output, 'crossAttentionDropout');
    const transformed = this.feedForward.forward(this.feedForwardNorm.forward(h), within(options, 'feedForward'));
    return { ...attended, output: add(h, transformed, 'feedForwardDropout') };
  }
}

/** Positions of the given tokens [B or 1, T], and of all that they may attend to [B or 1, S + T]. */
function positionsOf(
  { attentionMask, positionIds, cache }: Omit<DecoderInputs, 'inputIds'>,
  length: number,
  capacity: number,
): { readonly targets: tf.Tensor; readonly sources: tf.Tensor } {
  const targets = positionIds ?? tf.expandDims(tf.range(0, length, 1, 'int32'), 0);
  if (cache === undefined) return { targets, sources: targets };
  if (attentionMask === undefined || positionIds === undefined) {
    throw new ShapeError({
      message: 'T5: with a cache, attentionMask and positionIds must be given.',
      hint: 'The mask says which of the slots are filled.',
    });
  }
  const isFilled = tf.cast(tf.slice(attentionMask, [0, 0], [-1, capacity]), 'int32');
  return { targets, sources: tf.concat([tf.cumsum(isFilled, 1, true), positionIds], 1) };
}
