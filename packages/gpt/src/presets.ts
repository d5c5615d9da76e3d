import type { GptConfig } from './config.ts';

const gpt2: Omit<GptConfig, 'hiddenSize' | 'numLayers' | 'numHeads' | 'intermediateSize'> = {
  architecture: 'gpt2',
  vocabSize: 50257,
  maxPositions: 1024,
  activation: 'geluTanh',
  layerNormEpsilon: 1e-5,
  initializerRange: 0.02,
  embeddingDropout: 0.1,
  attentionDropout: 0.1,
  hiddenDropout: 0.1,
  classifierDropout: 0.1,
  classifierPooling: 'token',
  summaryDropout: 0.1,
  summaryActivation: undefined,
  scalesScores: true,
  scalesScoresByLayer: false,
  numLabels: 2,
  padTokenId: undefined,
  bosTokenId: 50256,
  eosTokenId: 50256,
};

/** For trials and small machines: the vocabulary is that of your tokenizer, 256 stands for bytes. No dropout. */
const small: typeof gpt2 = {
  ...gpt2,
  vocabSize: 256,
  embeddingDropout: 0,
  attentionDropout: 0,
  hiddenDropout: 0,
  classifierDropout: 0,
  summaryDropout: 0,
  bosTokenId: undefined,
  eosTokenId: undefined,
};

/**
 * 4 layers of width 128 over 64 tokens: 0.8 M parameters without the vocabulary. Trains in minutes on two cores.
 *
 * GPT-2's standard deviation of 0.02 is made for widths from 768 on; at this width 0.06 reaches a validation loss of 1.74 instead of 1.90 in nanoGPT's
 * 2,000 steps on Shakespeare's characters.
 */
export const gptNano: GptConfig = {
  ...small,
  initializerRange: 0.06,
  maxPositions: 64,
  hiddenSize: 128,
  numLayers: 4,
  numHeads: 4,
  intermediateSize: 512,
};

/** 6 layers of width 384 over 256 tokens: 10.7 M parameters without the vocabulary. */
export const gptMini: GptConfig = {
  ...small,
  maxPositions: 256,
  hiddenSize: 384,
  numLayers: 6,
  numHeads: 6,
  intermediateSize: 1536,
};

/** 124 M parameters, the published `gpt2`. */
export const gpt2Small: GptConfig = { ...gpt2, hiddenSize: 768, numLayers: 12, numHeads: 12, intermediateSize: 3072 };

/** 355 M parameters, the published `gpt2-medium`. */
export const gpt2Medium: GptConfig = { ...gpt2, hiddenSize: 1024, numLayers: 24, numHeads: 16, intermediateSize: 4096 };

/** 774 M parameters, the published `gpt2-large`. */
export const gpt2Large: GptConfig = { ...gpt2, hiddenSize: 1280, numLayers: 36, numHeads: 20, intermediateSize: 5120 };

/** 1.56 G parameters, the published `gpt2-xl`. */
export const gpt2Xl: GptConfig = { ...gpt2, hiddenSize: 1600, numLayers: 48, numHeads: 25, intermediateSize: 6400 };

/** 117 M parameters, the published `openai-gpt`. */
export const gpt1: GptConfig = {
  ...gpt2,
  architecture: 'gpt',
  vocabSize: 40478,
  maxPositions: 512,
  hiddenSize: 768,
  numLayers: 12,
  numHeads: 12,
  intermediateSize: 3072,
  bosTokenId: undefined,
  eosTokenId: undefined,
};
