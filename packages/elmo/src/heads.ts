import {
  within,
  type CacheShape,
  type CausalInputs,
  type CausalLanguageModel,
  type CausalOutputs,
  type ForwardOptions,
  type ParameterSource,
} from '@cloze/core';
import type { ElmoConfig } from './config.ts';
import { ElmoModel } from './model.ts';

/** Predicts each next token; the output projection is the token embedding (tied). */
export class ElmoForCausalLm implements CausalLanguageModel {
  readonly model: ElmoModel;
  readonly cacheShape: CacheShape;

  constructor(config: ElmoConfig, source: ParameterSource) {
    const { numLayers, numHeads, hiddenSize, maxPositions, vocabSize } = config;
    this.model = new ElmoModel(config, source.at('model'));
    this.cacheShape = { numLayers, numHeads, headSize: hiddenSize / numHeads, maxPositions, vocabSize };
  }

  forward(inputs: CausalInputs, options: ForwardOptions = {}): CausalOutputs {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    return { ...outputs, logits: this.model.embeddings.tokens.project(outputs.lastHiddenState) }; // [B, T, V]
  }
}
