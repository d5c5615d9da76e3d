import * as tf from '@tensorflow/tfjs';
import {
  Linear,
  meanOfTokens,
  truncatedNormal,
  within,
  type ClassifierPooling,
  type ForwardOptions,
  type LinearLayer,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { BertConfig } from './config.ts';

/**
 * A sequence as one vector: `tanh(dense(h))`. `h` is the state of its first token, `[CLS]`, which stands for the whole (section 3.1 of the paper, NSP), or the
 * mean of all its tokens, for models that have not learned to put the whole there.
 */
export class BertPooler implements Module {
  readonly dense: LinearLayer;
  readonly pooling: ClassifierPooling;

  constructor({ hiddenSize, initializerRange, classifierPooling }: BertConfig, source: ParameterSource) {
    const initializer = truncatedNormal(initializerRange);
    this.dense = new Linear(hiddenSize, hiddenSize, source.at('dense'), { initializer });
    this.pooling = classifierPooling;
  }

  /**
   * @param hidden [B, T, D]; returns [B, D].
   * @param options `attentionMask`: [B, T], 0 = padding. Default: there is none.
   */
  forward(
    hidden: tf.Tensor,
    { attentionMask, ...options }: ForwardOptions & { readonly attentionMask?: tf.Tensor | undefined } = {},
  ): tf.Tensor {
    const pooled = this.pooling === 'mean' ? meanOf(hidden, attentionMask) : firstOf(hidden);
    return tf.tanh(this.dense.forward(pooled, within(options, 'dense')));
  }
}

function firstOf(hidden: tf.Tensor): tf.Tensor {
  return tf.squeeze(tf.slice(hidden, [0, 0, 0], [-1, 1, -1]), [1]);
}

function meanOf(hidden: tf.Tensor, attentionMask: tf.Tensor | undefined): tf.Tensor {
  return attentionMask === undefined ? tf.mean(hidden, 1) : meanOfTokens(hidden, attentionMask);
}
