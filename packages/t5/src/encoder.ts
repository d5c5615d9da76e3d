import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  paddingBias,
  RmsNorm,
  shapeOf,
  within,
  type AttentionInputs,
  type EncoderOutputs,
  type ForwardOptions,
  type Module,
  type ParameterSource,
  type SelfAttention,
} from '@cloze/core';
import { createAttention } from './attention.ts';
import { checkMask } from './check-mask.ts';
import type { T5Config } from './config.ts';
import { T5FeedForward } from './feed-forward.ts';
import { RelativePositionBias } from './relative-position-bias.ts';

/** The encoder's stack: every token attends to every other. */
export class T5Encoder implements Module {
  readonly relativePositionBias: RelativePositionBias;
  readonly layers: readonly T5EncoderLayer[];
  readonly finalNorm: RmsNorm;
  readonly dropout: number;

  constructor(config: T5Config, source: ParameterSource) {
    this.relativePositionBias = new RelativePositionBias(config, true, source.at('relativePositionBias'));
    this.layers = Array.from(
      { length: config.numEncoderLayers },
      (_, index) => new T5EncoderLayer(config, source.at('layers', index)),
    );
    this.finalNorm = new RmsNorm(config.hiddenSize, config.layerNormEpsilon, source.at('finalNorm'));
    this.dropout = config.dropout;
  }

  /**
   * @param embedded [B, S, D], the embeddings of the tokens.
   * @param attentionMask [B, S], 1 = attend, 0 = padding.
   * @throws {ShapeError} when the mask has another number of columns.
   */
  forward(embedded: tf.Tensor, attentionMask: tf.Tensor | undefined, options: ForwardOptions = {}): EncoderOutputs {
    const [, length] = shapeOf(embedded, 3, 'T5Encoder: embedded');
    checkMask('attentionMask', attentionMask, length);
    const positions = tf.expandDims(tf.range(0, length, 1, 'int32'), 0);
    const relative = this.relativePositionBias.forward(positions, positions); // [1, H, S, S]
    const bias = attentionMask === undefined ? relative : tf.add(relative, paddingBias(attentionMask));

    let hidden = dropout(embedded, this.dropout, within(options, 'embedded').key);
    const hiddenStates = [hidden];
    this.layers.forEach((layer, index) => {
      hidden = layer.forward(hidden, { bias, ...within(options, 'layers', index) });
      hiddenStates.push(hidden);
    });
    const lastHiddenState = dropout(this.finalNorm.forward(hidden), this.dropout, within(options, 'final').key);
    return { lastHiddenState, hiddenStates: [...hiddenStates.slice(0, -1), lastHiddenState] };
  }
}

/** Self-attention and a feed-forward network, each normalized before and added to what it was given. */
class T5EncoderLayer implements Module {
  readonly attention: SelfAttention;
  readonly attentionNorm: RmsNorm;
  readonly feedForward: T5FeedForward;
  readonly feedForwardNorm: RmsNorm;
  readonly dropout: number;

  constructor(config: T5Config, source: ParameterSource) {
    const { hiddenSize, layerNormEpsilon } = config;
    this.attention = createAttention(config, source.at('attention'));
    this.attentionNorm = new RmsNorm(hiddenSize, layerNormEpsilon, source.at('attentionNorm'));
    this.feedForward = new T5FeedForward(config, source.at('feedForward'));
    this.feedForwardNorm = new RmsNorm(hiddenSize, layerNormEpsilon, source.at('feedForwardNorm'));
    this.dropout = config.dropout;
  }

  /** @param x [B, S, D]; returns [B, S, D]. */
  forward(x: tf.Tensor, inputs: AttentionInputs = {}): tf.Tensor {
    const attended = this.attention.forward(this.attentionNorm.forward(x), {
      ...inputs,
      ...within(inputs, 'attention'),
    });
    const h = tf.add(x, dropout(attended.output, this.dropout, within(inputs, 'attentionDropout').key));
    const transformed = this.feedForward.forward(this.feedForwardNorm.forward(h), within(inputs, 'feedForward'));
    return tf.add(h, dropout(transformed, this.dropout, within(inputs, 'feedForwardDropout').key));
  }
}
