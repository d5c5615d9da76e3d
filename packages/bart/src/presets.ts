import type { BartConfig, BartStackConfig } from './config.ts';

const bart: Omit<BartConfig, 'hiddenSize' | 'encoder' | 'decoder'> = {
  vocabSize: 50265,
  maxPositions: 1024,
  activation: 'gelu',
  scalesEmbeddings: false,
  initializerRange: 0.02,
  hiddenDropout: 0.1,
  attentionDropout: 0,
  activationDropout: 0,
  classifierDropout: 0,
  numLabels: 3,
  padTokenId: 1,
  bosTokenId: 0,
  eosTokenId: 2,
  decoderStartTokenId: 2,
};

/** For trials and small machines: the vocabulary is that of your tokenizer, 260 stands for bytes and four special tokens. */
const trial: typeof bart = { ...bart, vocabSize: 260, maxPositions: 256 };

/** 2 + 2 layers of width 32: 64 k parameters without the vocabulary. Trains in seconds, for tests. */
export const bartTiny: BartConfig = { ...trial, maxPositions: 64, ...stacks(32, 2, 2) };

/** 3 + 3 layers of width 256: 5.7 M parameters without the vocabulary. */
export const bartMini: BartConfig = { ...trial, ...stacks(256, 3, 4) };

/** 4 + 4 layers of width 512: 30 M parameters without the vocabulary. */
export const bartSmall: BartConfig = { ...trial, maxPositions: 512, ...stacks(512, 4, 8) };

/** 139 M parameters, the published `facebook/bart-base`. */
export const bartBase: BartConfig = { ...bart, ...stacks(768, 6, 12) };

/** 406 M parameters, the published `facebook/bart-large`. */
export const bartLarge: BartConfig = { ...bart, ...stacks(1024, 12, 16) };

/** Both stacks alike, with feed-forward networks of four times the width. */
function stacks(
  hiddenSize: number,
  numLayers: number,
  numHeads: number,
): Pick<BartConfig, 'hiddenSize' | 'encoder' | 'decoder'> {
  const stack: BartStackConfig = { numLayers, numHeads, intermediateSize: 4 * hiddenSize };
  return { hiddenSize, encoder: stack, decoder: stack };
}
