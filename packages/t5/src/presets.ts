import type { T5Config } from './config.ts';

type Sizes = 'hiddenSize' | 'numHeads' | 'headSize' | 'intermediateSize' | 'numEncoderLayers' | 'numDecoderLayers';

const v10: Omit<T5Config, Sizes> = {
  vocabSize: 32128,
  maxPositions: 512,
  activation: 'relu',
  isGated: false,
  numBuckets: 32,
  maxDistance: 128,
  layerNormEpsilon: 1e-6,
  initializerFactor: 1,
  dropout: 0.1,
  classifierDropout: 0,
  numLabels: 2,
  isTied: true,
  scalesOutput: true,
  padTokenId: 0,
  eosTokenId: 1,
  decoderStartTokenId: 0,
};

const v11: typeof v10 = { ...v10, activation: 'geluTanh', isGated: true, isTied: false, scalesOutput: false };

/**
 * For trials and small machines: the gate of v1.1 with the tied, scaled output of v1.0, which keeps small models small. No dropout, as v1.1 was
 * pre-trained. The vocabulary is that of your tokenizer; 384 stands for ByT5's bytes, special tokens and sentinels.
 */
const scratch: typeof v10 = { ...v11, vocabSize: 384, dropout: 0, isTied: true, scalesOutput: true };

/** 2 + 2 layers of width 128: 0.9 M parameters without the vocabulary. Trains in minutes on two cores. */
export const t5Tiny: T5Config = {
  ...scratch,
  hiddenSize: 128,
  numHeads: 4,
  headSize: 32,
  intermediateSize: 344,
  numEncoderLayers: 2,
  numDecoderLayers: 2,
};

/** 4 + 4 layers of width 256: 7.4 M parameters without the vocabulary. */
export const t5Mini: T5Config = {
  ...scratch,
  hiddenSize: 256,
  numHeads: 4,
  headSize: 64,
  intermediateSize: 688,
  numEncoderLayers: 4,
  numDecoderLayers: 4,
};

/** The layers of `t5V11Small`, to be trained from scratch: 44 M parameters without the vocabulary. */
export const t5SmallScratch: T5Config = {
  ...scratch,
  hiddenSize: 512,
  numHeads: 6,
  headSize: 64,
  intermediateSize: 1024,
  numEncoderLayers: 8,
  numDecoderLayers: 8,
};

/** 60 M parameters, the published `t5-small`. */
export const t5Small: T5Config = {
  ...v10,
  hiddenSize: 512,
  numHeads: 8,
  headSize: 64,
  intermediateSize: 2048,
  numEncoderLayers: 6,
  numDecoderLayers: 6,
};

/** 223 M parameters, the published `t5-base`. */
export const t5Base: T5Config = {
  ...v10,
  hiddenSize: 768,
  numHeads: 12,
  headSize: 64,
  intermediateSize: 3072,
  numEncoderLayers: 12,
  numDecoderLayers: 12,
};

/** 738 M parameters, the published `t5-large`. */
export const t5Large: T5Config = {
  ...v10,
  hiddenSize: 1024,
  numHeads: 16,
  headSize: 64,
  intermediateSize: 4096,
  numEncoderLayers: 24,
  numDecoderLayers: 24,
};

/** 2.85 G parameters, the published `t5-3b`. */
export const t5Xl: T5Config = { ...t5Large, numHeads: 32, headSize: 128, intermediateSize: 16384 };

/** 11.3 G parameters, the published `t5-11b`. */
export const t5Xxl: T5Config = { ...t5Xl, numHeads: 128, intermediateSize: 65536 };

/** 77 M parameters, the published `google/t5-v1_1-small`. */
export const t5V11Small: T5Config = {
  ...v11,
  hiddenSize: 512,
  numHeads: 6,
  headSize: 64,
  intermediateSize: 1024,
  numEncoderLayers: 8,
  numDecoderLayers: 8,
};

/** 248 M parameters, the published `google/t5-v1_1-base`. */
export const t5V11Base: T5Config = {
  ...v11,
  hiddenSize: 768,
  numHeads: 12,
  headSize: 64,
  intermediateSize: 2048,
  numEncoderLayers: 12,
  numDecoderLayers: 12,
};

/** 783 M parameters, the published `google/t5-v1_1-large`. */
export const t5V11Large: T5Config = {
  ...v11,
  hiddenSize: 1024,
  numHeads: 16,
  headSize: 64,
  intermediateSize: 2816,
  numEncoderLayers: 24,
  numDecoderLayers: 24,
};

/** 2.85 G parameters, the published `google/t5-v1_1-xl`. */
export const t5V11Xl: T5Config = { ...t5V11Large, hiddenSize: 2048, numHeads: 32, intermediateSize: 5120 };

/** 11.1 G parameters, the published `google/t5-v1_1-xxl`. */
export const t5V11Xxl: T5Config = { ...t5V11Large, hiddenSize: 4096, numHeads: 64, intermediateSize: 10240 };
