import * as tf from '@tensorflow/tfjs';
import {
  Linear,
  truncatedNormal,
  within,
  type ForwardOptions,
  type LinearLayer,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { BertConfig } from './config.ts';

/** A sequence as one vector: `tanh(dense(h))` of its first token, `[CLS]`, which stands for the whole; section 3.1 of the paper, NSP. */
export class BertPooler implements Module {
  readonly dense: LinearLayer;

  constructor({ hiddenSize, initializerRange }: BertConfig, source: ParameterSource) {
    const initializer = truncatedNormal(initializerRange);
    this.dense = new Linear(hiddenSize, hiddenSize, source.at('dense'), { initializer });
  }

  /** @param hidden [B, T, D]; returns [B, D]. */
  forward(hidden: tf.Tensor, options: ForwardOptions = {}): tf.Tensor {
    const first = tf.squeeze(tf.slice(hidden, [0, 0, 0], [-1, 1, -1]), [1]);
    return tf.tanh(this.dense.forward(first, within(options, 'dense')));
  }
}
