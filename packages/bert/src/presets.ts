import type { BertConfig } from './config.ts';

const bert: Omit<BertConfig, 'hiddenSize' | 'numLayers' | 'numHeads' | 'intermediateSize'> = {
  vocabSize: 30522,
  maxPositions: 512,
  numTokenTypes: 2,
  activation: 'gelu',
  layerNormEpsilon: 1e-12,
  initializerRange: 0.02,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  classifierDropout: 0.1,
  classifierPooling: 'token',
  numLabels: 2,
  padTokenId: 0,
};

/** 4.4 M parameters, the published `bert_uncased_L-2_H-128_A-2`. */
export const bertTiny: BertConfig = { ...bert, hiddenSize: 128, numLayers: 2, numHeads: 2, intermediateSize: 512 };

/** 11 M parameters, the published `bert_uncased_L-4_H-256_A-4`. */
export const bertMini: BertConfig = { ...bert, hiddenSize: 256, numLayers: 4, numHeads: 4, intermediateSize: 1024 };

/** 29 M parameters, the published `bert_uncased_L-4_H-512_A-8`. */
export const bertSmall: BertConfig = { ...bert, hiddenSize: 512, numLayers: 4, numHeads: 8, intermediateSize: 2048 };

/** 41 M parameters, the published `bert_uncased_L-8_H-512_A-8`. */
export const bertMedium: BertConfig = { ...bert, hiddenSize: 512, numLayers: 8, numHeads: 8, intermediateSize: 2048 };

/** 110 M parameters, the published `bert-base-uncased`. */
export const bertBase: BertConfig = { ...bert, hiddenSize: 768, numLayers: 12, numHeads: 12, intermediateSize: 3072 };

/** 336 M parameters, the published `bert-large-uncased`. */
export const bertLarge: BertConfig = {
  ...bert,
  hiddenSize: 1024,
  numLayers: 24,
  numHeads: 16,
  intermediateSize: 4096,
};
