import type { CharacterFilter, ElmoConfig } from './config.ts';

const PUBLISHED_FILTERS = filters([1, 32], [2, 32], [3, 64], [4, 128], [5, 256], [6, 512], [7, 1024]);

const published: Omit<ElmoConfig, 'hiddenSize' | 'memorySize' | 'numHighwayLayers'> = {
  vocabSize: 793_471,
  numLayers: 2,
  memoryClip: 3,
  hiddenClip: 3,
  characterEmbeddingSize: 16,
  filters: PUBLISHED_FILTERS,
  characterActivation: 'relu',
  maxCharacters: 50,
  dropout: 0.1,
  mixDropout: 0.5,
  normalizesMix: false,
  numLabels: 2,
};

/** 2 layers of 128 -> 32 and 88 filters: 0.2 M parameters beside the softmax. Trains in a minute on two cores. */
export const elmoTiny: ElmoConfig = {
  ...published,
  hiddenSize: 32,
  memorySize: 128,
  characterEmbeddingSize: 8,
  filters: filters([1, 8], [2, 16], [3, 32], [4, 32]),
  numHighwayLayers: 1,
};

/** 2 layers of 512 -> 128 and 336 filters: 2.7 M parameters beside the softmax. */
export const elmoMini: ElmoConfig = {
  ...published,
  hiddenSize: 128,
  memorySize: 512,
  filters: filters([1, 16], [2, 32], [3, 64], [4, 96], [5, 128]),
  numHighwayLayers: 1,
};

/** 2 layers of 1024 -> 128, 13.6 M parameters beside the softmax: the published `elmo_2x1024_128_2048cnn_1xhighway`. */
export const elmoSmall: ElmoConfig = { ...published, hiddenSize: 128, memorySize: 1024, numHighwayLayers: 1 };

/** 2 layers of 2048 -> 256, 28.0 M parameters beside the softmax: the published `elmo_2x2048_256_2048cnn_1xhighway`. */
export const elmoMedium: ElmoConfig = { ...published, hiddenSize: 256, memorySize: 2048, numHighwayLayers: 1 };

/** 2 layers of 4096 -> 512, 93.6 M parameters beside the softmax: the published `elmo_2x4096_512_2048cnn_2xhighway`. */
export const elmoOriginal: ElmoConfig = { ...published, hiddenSize: 512, memorySize: 4096, numHighwayLayers: 2 };

function filters(...pairs: readonly (readonly [width: number, count: number])[]): readonly CharacterFilter[] {
  return pairs.map(([width, count]) => ({ width, count }));
}
