import {
  disposeModule,
  parametersOf,
  randomParameters,
  withParameters,
  type BidirectionalLanguageModel,
  type ParameterMap,
  type RandomKey,
} from '@cloze/core';
import { characterTable, elmoFamily, ElmoForBidirectionalLm, type ElmoModel, elmoTiny } from '@cloze/elmo';
import { anyFamily } from '@cloze/hub';
import { jit, type Engine } from '@cloze/jit';
import { bidirectionalLanguageModeling } from '@cloze/objectives';
import type { Tokenizer } from '@cloze/tokenizer';
import * as tf from '@tensorflow/tfjs';
import type { LabModel } from './small-models.ts';
import { trainModel, windowsOf, type TrainModelOptions } from './train-model.ts';

/** A word and what stands around it. */
export interface WordInContext {
  readonly words: readonly string[];
  /** Of the word among them. */
  readonly position: number;
}

/** ELMo as it is pre-trained. */
export interface Elmo extends BidirectionalLanguageModel {
  readonly model: ElmoModel;
}

/** Words to the left and to the right that are read. */
export const RADIUS = 10;
/** Words that the next word is compared with while pre-training. */
const NUM_SAMPLES = 1024;
const BATCH_SIZE = 64;

/** An ELMo of two layers that was trained on nothing. */
export function newElmo(
  tokenizer: Tokenizer,
  {
    hiddenSize,
    memorySize,
    key,
  }: { readonly hiddenSize: number; readonly memorySize: number; readonly key: RandomKey },
): LabModel<Elmo> {
  const config = { ...elmoTiny, hiddenSize, memorySize, vocabSize: tokenizer.vocabSize, dropout: 0 };
  const model = new ElmoForBidirectionalLm(config, randomParameters(key));
  return {
    ...{ family: anyFamily(elmoFamily), config, task: 'bidirectional-language-modeling', tokenizer, model },
    dispose: () => {
      disposeModule(model);
    },
  };
}

/** Pre-trains an ELMo as two language models on texts, in windows of so many words; see {@link trainModel}. */
export async function pretrainElmo(
  start: LabModel<Elmo>,
  texts: readonly string[],
  {
    windowLength,
    ...options
  }: Omit<TrainModelOptions<Elmo, never, never>, 'objective' | 'data'> & { readonly windowLength: number },
): Promise<LabModel<Elmo>> {
  const { tokenizer } = start;
  return trainModel(start, {
    ...options,
    objective: bidirectionalLanguageModeling({
      characterTable: characterTable(tokenizer, elmoTiny),
      numSamples: NUM_SAMPLES,
    }),
    data: await windowsOf(texts, tokenizer, {
      length: windowLength,
      separatorId: tokenizer.tokenToId('</S>'),
      key: options.key.fold('windows'),
    }),
  });
}

/** Reads words with networks of one form; see {@link wordReader}. */
export interface WordReader {
  /** @returns for each layer a vector [2 D] of each word: static vectors from characters, then the layers of the LSTMs. */
  read(model: Elmo, words: readonly WordInContext[]): Promise<Float32Array[][]>;
  dispose(): void;
}

/** Compiled once for all networks that differ in their parameters only. */
export function wordReader({ model: template, tokenizer }: LabModel<Elmo>, engine: Engine): WordReader {
  const { hiddenSize, numLayers } = template.model.config;
  const compiled = jit(
    (parameters: ParameterMap, characters: tf.Tensor, isWord: tf.Tensor) => {
      const { hiddenStates } = withParameters(template, parameters).model.forward({ inputIds: characters });
      return hiddenStates.map((layer) => tf.sum(tf.mul(layer, tf.expandDims(isWord, 2)), 1)); // [B, 2 D]
    },
    { engine },
  );
  const toBatch = batchMaker(tokenizer);
  return {
    read: async (model, words) => {
      const vectors = Array.from({ length: numLayers + 1 }, (): Float32Array[] => []);
      for (let begin = 0; begin < words.length; begin += BATCH_SIZE) {
        const batch = words.slice(begin, begin + BATCH_SIZE);
        const [characters, isWord] = toBatch(batch);
        const layers = await compiled(parametersOf(model), characters, isWord);
        for (const [index, layer] of layers.entries()) {
          const values = await layer.data<'float32'>();
          const rows = batch.map((_, row) => values.slice(row * 2 * hiddenSize, (row + 1) * 2 * hiddenSize));
          vectors[index]?.push(...rows);
        }
        tf.dispose([characters, isWord, layers]);
      }
      return vectors;
    },
    dispose: () => {
      compiled.dispose();
    },
  };
}

/** Makes batches of one shape: characters [B, T, C], and 1 at the word that counts [B, T]. */
function batchMaker(
  tokenizer: Tokenizer,
): (words: readonly WordInContext[]) => [characters: tf.Tensor, isWord: tf.Tensor] {
  const length = 2 * RADIUS + 1;
  const { data, shape } = characterTable(tokenizer, elmoTiny);
  const [, width = 0] = shape;
  const unknownId = tokenizer.tokenToId('<UNK>') ?? 0;
  return (batch) => {
    const characters = new Int32Array(BATCH_SIZE * length * width);
    const isWord = new Float32Array(BATCH_SIZE * length);
    for (const [row, { words, position }] of batch.entries()) {
      isWord[row * length + position] = 1;
      for (const [column, word] of words.entries()) {
        const id = tokenizer.tokenToId(word) ?? unknownId;
        characters.set(data.subarray(id * width, (id + 1) * width), (row * length + column) * width);
      }
    }
    return [tf.tensor3d(characters, [BATCH_SIZE, length, width], 'int32'), tf.tensor2d(isWord, [BATCH_SIZE, length])];
  };
}
