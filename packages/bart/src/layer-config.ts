import { normal, type AttentionConfig, type TransformerLayerConfig } from '@cloze/core';
import type { BartConfig, BartStackConfig } from './config.ts';

/** PyTorch's default; `config.json` does not tell. */
export const LAYER_NORM_EPSILON = 1e-5;

/** What all attention of one stack has in common. */
export function attentionConfig(config: BartConfig, { numHeads }: BartStackConfig): AttentionConfig {
  const { hiddenSize, attentionDropout } = config;
  const initializer = normal(config.initializerRange);
  return { hiddenSize, numHeads, attentionDropout, initializer, outputInitializer: initializer };
}

/** What all layers of one stack have in common. */
export function layerConfig(config: BartConfig, { intermediateSize }: BartStackConfig): TransformerLayerConfig {
  const { hiddenSize, activation, activationDropout, hiddenDropout } = config;
  const initializer = normal(config.initializerRange);
  return {
    hiddenSize,
    intermediateSize,
    activation,
    activationDropout,
    hiddenDropout,
    normPosition: 'after',
    layerNormEpsilon: LAYER_NORM_EPSILON,
    initializer,
    outputInitializer: initializer,
  };
}
