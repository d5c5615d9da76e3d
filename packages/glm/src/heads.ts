import {
  within,
  type CacheShape,
  type CausalInputs,
  type CausalLanguageModel,
  type CausalOutputs,
  type ForwardOptions,
  type ParameterSource,
} from '@cloze/core';
import type { GlmConfig } from './config.ts';
import { GlmModel } from './model.ts';

/** Predicts each next token; the output projection is the token embedding (tied). */
export class GlmForCausalLm implements CausalLanguageModel {
  readonly model: GlmModel;
  readonly cacheShape: CacheShape;

  constructor(config: GlmConfig, source: ParameterSource) {
    const { numLayers, numHeads, hiddenSize, maxPositions, vocabSize } = config;
    this.model = new GlmModel(config, source.at('model'));
    this.cacheShape = { numLayers, numHeads, headSize: hiddenSize / numHeads, maxPositions, vocabSize };
  }

  forward(inputs: CausalInputs, options: ForwardOptions = {}): CausalOutputs {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    return { ...outputs, logits: this.model.embeddings.tokens.project(outputs.lastHiddenState) }; // [B, T, V]
  }
}
