import { MultiHeadAttention, type ParameterSource } from '@cloze/core';
import type { T5Config } from './config.ts';
import { fanNormal } from './initializers.ts';

/** Attention as T5 has it: without biases, and with scores that are not scaled; the first queries are small instead. */
export function createAttention(config: T5Config, source: ParameterSource): MultiHeadAttention {
  const { hiddenSize, numHeads, headSize, dropout } = config;
  return new MultiHeadAttention(
    {
      hiddenSize,
      numHeads,
      headSize,
      hasBias: false,
      scale: 1,
      attentionDropout: dropout,
      initializer: fanNormal(config, hiddenSize),
      queryInitializer: fanNormal(config, hiddenSize * headSize),
      outputInitializer: fanNormal(config, numHeads * headSize),
    },
    source,
  );
}
