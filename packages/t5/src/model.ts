import type * as tf from '@tensorflow/tfjs';
import {
  causalBias,
  LayerNorm,
  MultiHeadAttention,
  TransformerLayer,
  within,
  type CausalHiddenStates,
  type CausalInputs,
  type ForwardOptions,
  type KeyValues,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { T5Config } from './config.ts';
import { T5Embeddings } from './embeddings.ts';

/**
 * A pre-norm transformer decoder without head.
 *
 * @see The paper, with section and address; then what differs from it.
 */
export class T5Model implements Module {
  readonly embeddings: T5Embeddings;
  readonly layers: readonly TransformerLayer[];
  readonly finalNorm: LayerNorm;

  constructor(config: T5Config, source: ParameterSource) {
    this.embeddings = new T5Embeddings(config, source.at('embeddings'));
    this.layers = Array.from({ length: config.numLayers }, (_, index) => {
      const createAttention = (own: ParameterSource): MultiHeadAttention => new MultiHeadAttention(config, own);
      return new TransformerLayer({ ...config, normPosition: 'before' }, createAttention, source.at('layers', index));
    });
    this.finalNorm = new LayerNorm(config.hiddenSize, config.layerNormEpsilon, source.at('finalNorm'));
  }

  forward(
    { inputIds, attentionMask, positionIds, cache }: CausalInputs,
    options: ForwardOptions = {},
  ): CausalHiddenStates {
    const bias = causalBias(inputIds.shape[1] ?? 1, cache?.[0]?.key.shape[2] ?? 0, attentionMask); // [B, 1, T, S]
    let x = this.embeddings.forward(inputIds, positionIds, within(options, 'embeddings')); // [B, T, D]
    const hiddenStates: tf.Tensor[] = [];
    const keyValues: KeyValues[] = [];
    for (const [index, layer] of this.layers.entries()) {
      hiddenStates.push(x);
      const result = layer.forward(x, { bias, cache: cache?.[index], ...within(options, 'layers', index) });
      keyValues.push(result.keyValues);
      x = result.output;
    }
    const lastHiddenState = this.finalNorm.forward(x);
    return { lastHiddenState, hiddenStates: [...hiddenStates, lastHiddenState], keyValues };
  }
}
