import * as tf from '@tensorflow/tfjs';
import { disposeModule, parametersOf, RandomKey, randomParameters, withParameters } from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { wordToCharacterIds } from '@cloze/tokenizer';
import { describe, expect, it } from 'vitest';
import { CharacterCnn } from './character-cnn.ts';
import { characterTable, sentencesToCharacterIds } from './characters.ts';
import { elmoTiny } from './presets.ts';
import { trainElmoVocabulary } from './tokenizer.ts';

describe('sentencesToCharacterIds', () => {
  it('puts markers around sentences and pads them with nothing', () => {
    const { data, shape } = sentencesToCharacterIds([['a', 'b'], ['c']]);
    expect(shape).toEqual([2, 4, 50]);
    const words = ['<S>', 'a', 'b', '</S>', '<S>', 'c', '</S>'].flatMap((word) => [...wordToCharacterIds(word)]);
    expect([...data]).toEqual([...words, ...Array.from({ length: 50 }, () => 0)]);
    expect(sentencesToCharacterIds([])).toEqual({ data: new Int32Array(), shape: [0, 0, 50] });
  });
});

describe('characterTable', () => {
  leaksNoTensors();

  it('holds the characters of each word, as wide as the longest needs', () => {
    const tokenizer = trainElmoVocabulary(['two, two words']);
    const { data, shape } = characterTable(tokenizer, { filters: [{ width: 4, count: 1 }] });
    const words = ['</S>', '<S>', '<UNK>', 'two', ',', 'words'];
    // "words" and "<UNK>" have 5 characters and 2 markers.
    expect(shape).toEqual([words.length, 7 + 4]);
    expect([...data]).toEqual(words.flatMap((word) => [...wordToCharacterIds(word).subarray(0, 11)]));
    const long = trainElmoVocabulary(['x'.repeat(60)]);
    expect(characterTable(long, elmoTiny).shape).toEqual([4, 50]);
  });

  it('changes neither vectors nor gradients by what it leaves out', () => {
    const tokenizer = trainElmoVocabulary(['some words of different lengths']);
    const table = characterTable(tokenizer, elmoTiny);
    const cnn = new CharacterCnn({ ...elmoTiny, hiddenSize: 5 }, randomParameters(RandomKey.fromSeed(4)));
    tf.tidy(() => {
      const narrow = tf.transpose(tf.tensor2d(table.data, table.shape as [number, number], 'int32'));
      const full = tf.transpose(
        tf.stack(
          Array.from({ length: tokenizer.vocabSize }, (_, id) =>
            tf.tensor1d(wordToCharacterIds(tokenizer.idToToken(id) ?? ''), 'int32'),
          ),
        ),
      );
      expect(narrow.shape[0]).toBeLessThan(20);
      expect(cnn.forward(narrow)).toBeAllClose(cnn.forward(full), { absolute: 1e-6 });

      const parameters = parametersOf(cnn);
      const paths = Object.keys(parameters);
      const gradientsBy = (ids: tf.Tensor): tf.Tensor[] =>
        tf.grads((...values: tf.Tensor[]) => {
          const given = Object.fromEntries(values.map((value, index) => [paths[index] ?? '', value]));
          return tf.sum(tf.square(withParameters(cnn, given).forward(ids)));
        })(Object.values(parameters));
      const expected = gradientsBy(full);
      gradientsBy(narrow).forEach((gradient, index) => {
        expect(gradient, paths[index]).toBeAllClose(expected[index] ?? [], { ofLargest: 1e-5 });
      });
    });
    disposeModule(cnn);
  });
});
