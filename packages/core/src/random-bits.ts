import * as tf from '@tensorflow/tfjs';
import { defineOperation } from './operation.ts';
import type { RandomKey } from './random-key.ts';
import { effectiveKey, randomWord, type WordPair } from './random-words.ts';
import { isTensor, theOnly } from './tensor-shape.ts';

interface RandomAttributes {
  readonly path: WordPair;
  readonly shape: readonly number[];
}

/**
 * Uniform 32-bit words, the same in eager tfjs and in a compiled step.
 *
 * @returns int32 of the given shape; element `i` in row-major order is word `i` of the key.
 */
export function randomBits(key: RandomKey, shape: readonly number[]): tf.Tensor {
  return isTensor(key.root)
    ? theOnly(randomBitsOperation({ root: key.root }, { path: key.path, shape }))
    : tf.tensor(new Int32Array(key.bits(tf.util.sizeFromShape([...shape])).buffer), [...shape], 'int32');
}

/**
 * Uniform numbers in [0, 1), multiples of 2^-24, hence exact in float32: `(bits >>> 8) * 2^-24`.
 *
 * @returns float32 of the given shape; element `i` is made of word `i` of the key.
 */
export function randomUniform(key: RandomKey, shape: readonly number[]): tf.Tensor {
  return isTensor(key.root)
    ? theOnly(randomUniformOperation({ root: key.root }, { path: key.path, shape }))
    : tf.tensor(key.uniform(tf.util.sizeFromShape([...shape])), [...shape], 'float32');
}

const randomBitsOperation = defineOperation<'root', RandomAttributes>({
  name: 'RandomBits',
  compute: ({ root }, { path, shape }) => {
    const words = new Int32Array(tf.util.sizeFromShape([...shape]));
    fill(words, root, path, (word) => word);
    return [tf.tensor(words, [...shape], 'int32')];
  },
});

// A kernel of its own, because tfjs has no exact shift: its int32 -> float32 cast would round the low bits instead of dropping them.
const randomUniformOperation = defineOperation<'root', RandomAttributes>({
  name: 'RandomUniform',
  compute: ({ root }, { path, shape }) => {
    const numbers = new Float32Array(tf.util.sizeFromShape([...shape]));
    fill(numbers, root, path, (word) => (word >>> 8) * 2 ** -24);
    return [tf.tensor(numbers, [...shape], 'float32')];
  },
});

function fill(target: Int32Array | Float32Array, root: tf.Tensor, path: WordPair, map: (word: number) => number): void {
  const [root0 = 0, root1 = 0] = root.dataSync();
  const key = effectiveKey([root0, root1], path);
  for (let index = 0; index < target.length; index++) target[index] = map(randomWord(index, key));
}
