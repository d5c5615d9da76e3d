import type { GlmConfig } from './config.ts';

/** `[PAD]`, `[CLS]` and the others follow the tokenizer's own vocabulary, so their ids are not the preset's to know. */
const published: Omit<GlmConfig, 'hiddenSize' | 'numLayers' | 'numHeads'> = {
  vocabSize: 30592,
  maxPositions: 512,
  layerNormEpsilon: 1e-5,
  initializerRange: 0.02,
  embeddingDropout: 0.1,
  attentionDropout: 0.1,
  hiddenDropout: 0.1,
  attentionScale: 1,
  numLabels: 2,
  padTokenId: undefined,
  bosTokenId: undefined,
  eosTokenId: undefined,
};

/** For trials and small machines: the vocabulary is that of your tokenizer. No dropout. */
const own: typeof published = {
  ...published,
  vocabSize: 2048,
  embeddingDropout: 0,
  attentionDropout: 0,
  hiddenDropout: 0,
};

/** 2 layers of width 128 over 128 tokens: 0.4 M parameters without the vocabulary. Trains in minutes on two cores. */
export const glmTiny: GlmConfig = { ...own, maxPositions: 128, hiddenSize: 128, numLayers: 2, numHeads: 4 };

/** 6 layers of width 256 over 256 tokens: 4.9 M parameters without the vocabulary. */
export const glmMini: GlmConfig = { ...own, maxPositions: 256, hiddenSize: 256, numLayers: 6, numHeads: 4 };

/** 8 layers of width 512 over 512 tokens: 25.7 M parameters without the vocabulary. */
export const glmSmall: GlmConfig = { ...own, hiddenSize: 512, numLayers: 8, numHeads: 8 };

/** 109 M parameters: GLM-Base. Its vocabulary is that of BERT, uncased, with the special tokens. */
export const glmBase: GlmConfig = { ...published, hiddenSize: 768, numLayers: 12, numHeads: 12 };

/** 335 M parameters: GLM-Large, GLM-Doc and GLM-Sent. */
export const glmLarge: GlmConfig = { ...published, hiddenSize: 1024, numLayers: 24, numHeads: 16 };

/** 410 M parameters: GLM-410M. */
export const glm410M: GlmConfig = { ...glmLarge, numLayers: 30 };

/** 515 M parameters: GLM-515M. */
export const glm515M: GlmConfig = { ...published, hiddenSize: 1152, numLayers: 30, numHeads: 18 };

/** 1.9 G parameters: GLM-2B, with the vocabulary of GPT-2. */
export const glm2B: GlmConfig = {
  ...published,
  vocabSize: 50304,
  maxPositions: 1024,
  hiddenSize: 2048,
  numLayers: 36,
  numHeads: 32,
};

/** 9.9 G parameters: GLM-10B, with the vocabulary of GPT-2. */
export const glm10B: GlmConfig = { ...glm2B, hiddenSize: 4096, numLayers: 48, numHeads: 64 };
