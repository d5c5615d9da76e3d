/** Two unsigned 32-bit words. */
export type WordPair = readonly [number, number];

/**
 * A bijection of 32-bit words in which every input bit reaches every output bit.
 *
 * @see Wellons, "Prospecting for Hash Functions", the two-round function with the constants found by TheIronBorn.
 *   <https://github.com/skeeto/hash-prospector/issues/19>
 */
export function mix(word: number): number {
  let h = word | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x21f0aaad);
  h ^= h >>> 15;
  h = Math.imul(h, 0xd35a2d97);
  h ^= h >>> 15;
  return h >>> 0;
}

/** The key that a root and a path stand for. Both words depend on all four, so no two streams differ by a constant only. */
export function effectiveKey([root0, root1]: WordPair, [path0, path1]: WordPair): WordPair {
  const first = mix(root0 ^ path0);
  const second = mix((root1 ^ path1) + first);
  return [(first + second) >>> 0, second];
}

/**
 * Word `index` of the stream of an effective key. The compiled form of the `RandomBits` kernel computes the same, bit for bit.
 *
 * The second word of the key multiplies rather than adds: where the counters of two keys overlap, which happens by chance, the words are unrelated.
 */
export function randomWord(index: number, [key0, key1]: WordPair): number {
  let x = (Math.imul(index, 0x9e3779b9) + key0) | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = Math.imul(x, key1 | 1);
  x ^= x >>> 15;
  return x >>> 0;
}

/** The path below `path` for a name or an index. Names and numbers never meet: `fold('1')` differs from `fold(1)`. */
export function foldPath([path0, path1]: WordPair, data: number | string): WordPair {
  const [low, high] = typeof data === 'string' ? hashName(data) : [data >>> 0, Math.floor(data / 2 ** 32) >>> 0];
  const folded0 = mix((path0 ^ low) + 0x9e3779b9);
  const folded1 = mix((path1 ^ high) + folded0);
  return [folded0, folded1];
}

/** The first word as far as a path distinguishes names by 64 bits: two different FNV-1a-like hashes, each finished by {@link mix}. */
function hashName(name: string): WordPair {
  let low = 0x811c9dc5;
  let high = 0x6a09e667;
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
  }
  return [mix(low ^ name.length), mix(high + 0x51ed270b)];
}
