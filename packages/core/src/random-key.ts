import type * as tf from '@tensorflow/tfjs';
import { assert } from './errors.ts';
import { effectiveKey, foldPath, randomWord, type WordPair } from './random-words.ts';
import { isTensor } from './tensor-shape.ts';

/**
 * An explicit, splittable source of randomness. A key is a value: using it does not change it, and the same key gives the same bits on the host,
 * in eager tfjs and inside a compiled step.
 *
 * It has two parts: a *root* (two 32-bit words, on the host or as a tensor that is an input of a compiled step) and a *path* (two words that are
 * always known, because `fold` is called with names and indices). So keys can be derived freely while a step is traced, and one compiled step
 * serves every root.
 *
 * Use each derived key for one purpose only: two draws with the same key are equal.
 *
 * @see Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", for counter-based generators; Claessen and Palka 2013, "Splittable
 *   Pseudorandom Number Generators using Cryptographic Hashing". Not for cryptography.
 */
export class RandomKey {
  /** Two words, or an int32 tensor [2] holding them. */
  readonly root: WordPair | tf.Tensor;
  /** What was folded in so far. */
  readonly path: WordPair;

  private constructor(root: WordPair | tf.Tensor, path: WordPair) {
    this.root = root;
    this.path = path;
  }

  /** @param seed a safe integer; each gives another key. */
  static fromSeed(seed: number): RandomKey {
    assert(Number.isSafeInteger(seed), `RandomKey: seed must be a safe integer, got ${seed}.`);
    return new RandomKey(
      effectiveKey([seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0], [0x243f6a88, 0x85a308d3]),
      [0, 0],
    );
  }

  /** @param words what {@link toWords} returned, for example read back from a checkpoint. */
  static fromWords(words: Uint32Array): RandomKey {
    const [first, second] = words;
    assert(words.length === 2 && first !== undefined && second !== undefined, 'RandomKey: a root has two words.');
    return new RandomKey([first, second], [0, 0]);
  }

  /** @param words [2] int32: the bits of {@link toWords}, as an input of a compiled step. The caller keeps owning it. */
  static fromTensor(words: tf.Tensor): RandomKey {
    assert(words.size === 2 && words.dtype === 'int32', 'RandomKey: a root tensor is int32 of shape [2].');
    return new RandomKey(words, [0, 0]);
  }

  /**
   * The key for one purpose below this one.
   *
   * @param data a name (`'attention'`) or an index (layer, step, rank); a safe integer if a number.
   */
  fold(data: number | string): RandomKey {
    return new RandomKey(this.root, foldPath(this.path, data));
  }

  /** `count` independent keys. */
  split(count: number): RandomKey[] {
    return Array.from({ length: count }, (_, index) => this.fold(index));
  }

  /**
   * Two words that stand for this key: how it is handed to a compiled step (`tf.tensor1d(Int32Array.from(words), 'int32')`) or written to a
   * checkpoint. They are the root of {@link collapse}. Only for keys whose root is on the host.
   */
  toWords(): Uint32Array {
    const [path0, path1] = this.path;
    const root = this.hostRoot();
    return Uint32Array.from(path0 === 0 && path1 === 0 ? root : effectiveKey(root, this.path));
  }

  /**
   * A key with an empty path that is derived from this one; its own bits are others. Collapsing a key with an empty path changes nothing, so a key
   * survives any number of saves. Only for keys whose root is on the host.
   */
  collapse(): RandomKey {
    return RandomKey.fromWords(this.toWords());
  }

  /** `count` uniform 32-bit words on the host. Only for keys whose root is on the host. */
  bits(count: number): Uint32Array {
    const key = effectiveKey(this.hostRoot(), this.path);
    const words = new Uint32Array(count);
    for (let index = 0; index < count; index++) words[index] = randomWord(index, key);
    return words;
  }

  /** `count` numbers in [0, 1), multiples of 2^-24, on the host: the same as {@link randomUniform} gives. */
  uniform(count: number): Float32Array {
    return Float32Array.from(this.bits(count), (word) => (word >>> 8) * 2 ** -24);
  }

  /** One integer in [0, limit), on the host. `limit` is at most 2^32. */
  integer(limit: number): number {
    const [word = 0] = this.bits(1);
    return Math.floor((word / 2 ** 32) * limit);
  }

  /** The integers 0 ... count - 1 in random order, on the host. */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, index) => index);
    const words = this.bits(count);
    for (let last = count - 1; last > 0; last--) {
      const other = Math.floor(((words[last] ?? 0) / 2 ** 32) * (last + 1));
      const held = order[last] ?? 0;
      order[last] = order[other] ?? 0;
      order[other] = held;
    }
    return order;
  }

  private hostRoot(): WordPair {
    assert(!isTensor(this.root), 'RandomKey: the words of a key with a tensor root are not known here.');
    return this.root;
  }
}
