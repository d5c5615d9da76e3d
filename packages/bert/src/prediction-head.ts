import * as tf from '@tensorflow/tfjs';
import {
  ACTIVATIONS,
  LayerNorm,
  Linear,
  shapeOf,
  truncatedNormal,
  within,
  zeros,
  type Activation,
  type Embedding,
  type ForwardOptions,
  type LinearLayer,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { BertConfig } from './config.ts';

/** Scores of the whole vocabulary: `LN(activation(transform(h)))` times the token embeddings (tied), plus a bias per token. */
export class BertPredictionHead implements Module {
  readonly transform: LinearLayer;
  readonly norm: LayerNorm;
  /** [V]. */
  readonly bias: tf.Tensor;
  readonly activation: Activation;

  constructor(config: BertConfig, source: ParameterSource) {
    const { hiddenSize, vocabSize, layerNormEpsilon } = config;
    const initializer = truncatedNormal(config.initializerRange);
    this.transform = new Linear(hiddenSize, hiddenSize, source.at('transform'), { initializer });
    this.norm = new LayerNorm(hiddenSize, layerNormEpsilon, source.at('norm'));
    this.bias = source.get('bias', [vocabSize], zeros);
    this.activation = config.activation;
  }

  /**
   * @param hidden [B, T, D].
   * @param positions [B, P] int32, what is to be scored. Default: all T.
   * @param tokens the embeddings that hidden states are compared with.
   * @returns [B, P, V].
   */
  forward(
    hidden: tf.Tensor,
    { tokens, positions }: { readonly tokens: Embedding; readonly positions: tf.Tensor | undefined },
    options: ForwardOptions = {},
  ): tf.Tensor {
    const chosen = positions === undefined ? hidden : atPositions(hidden, positions); // [B, P, D]
    const transformed = ACTIVATIONS[this.activation](this.transform.forward(chosen, within(options, 'transform')));
    return tf.add(tokens.project(this.norm.forward(transformed)), this.bias);
  }
}

/** [B, T, D] at [B, P] -> [B, P, D], by a product: next to the layers it costs nothing, and every backend differentiates it. */
function atPositions(hidden: tf.Tensor, positions: tf.Tensor): tf.Tensor {
  const [, length] = shapeOf(hidden, 3, 'BertPredictionHead: hidden');
  shapeOf(positions, 2, 'BertPredictionHead: predictionPositions');
  return tf.matMul(tf.cast(tf.oneHot(positions, length), 'float32'), hidden);
}
