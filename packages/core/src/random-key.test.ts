import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { RandomKey } from './random-key.ts';

describe('RandomKey', () => {
  leaksNoTensors();

  it('is a value: the same derivation gives the same bits', () => {
    const draw = (): Uint32Array => RandomKey.fromSeed(42).fold('layers').fold(3).bits(5);
    expect(draw()).toEqual(draw());
    expect(RandomKey.fromSeed(43).fold('layers').fold(3).bits(5)).not.toEqual(draw());
    expect(
      RandomKey.fromSeed(42)
        .split(3)
        .map((key) => key.bits(1)[0]),
    ).toMatchInlineSnapshot(`
      [
        1367119956,
        1677122334,
        3728860689,
      ]
    `);
  });

  it('tells seeds apart beyond 32 bits and below zero', () => {
    const seeds = [0, 1, -1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => RandomKey.fromSeed(seed).bits(1)[0])).size).toBe(seeds.length);
  });

  it('survives being written and read any number of times', () => {
    const key = RandomKey.fromSeed(5).fold('data').collapse();
    const read = RandomKey.fromWords(RandomKey.fromWords(key.toWords()).toWords());
    expect(read.bits(4)).toEqual(key.bits(4));
    expect(read.fold('x').bits(4)).toEqual(key.fold('x').bits(4));
  });

  it('draws uniforms in [0, 1) with the right mean, integers below a limit, and permutations', () => {
    const uniforms = RandomKey.fromSeed(6).uniform(100_000);
    expect(uniforms.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(uniforms.reduce((sum, value) => sum + value, 0) / 100_000).toBeCloseTo(0.5, 2);
    expect(
      RandomKey.fromSeed(7)
        .split(100)
        .every((key) => [0, 1, 2].includes(key.integer(3))),
    ).toBe(true);
    const order = RandomKey.fromSeed(8).permutation(1000);
    expect(order.toSorted()).toEqual(Uint32Array.from({ length: 1000 }, (_, index) => index));
    expect(order).not.toEqual(order.toSorted());
  });

  it('refuses what is no seed, no root, and words that are not known', () => {
    expect(() => RandomKey.fromSeed(0.5)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: INTERNAL: RandomKey: seed must be a safe integer, got 0.5. This is a bug in Cloze; please report it with this message.]`,
    );
    expect(() => RandomKey.fromWords(new Uint32Array(3))).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: INTERNAL: RandomKey: a root has two words. This is a bug in Cloze; please report it with this message.]`,
    );
    const words = tf.tensor1d([1, 2], 'int32');
    expect(() => RandomKey.fromTensor(words).fold('a').bits(1)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: INTERNAL: RandomKey: the words of a key with a tensor root are not known here. This is a bug in Cloze; please report it with this message.]`,
    );
    expect(() => RandomKey.fromTensor(words).toWords()).toThrow('not known here');
    words.dispose();
    const floats = tf.tensor1d([1, 2]);
    expect(() => RandomKey.fromTensor(floats)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: INTERNAL: RandomKey: a root tensor is int32 of shape [2]. This is a bug in Cloze; please report it with this message.]`,
    );
    floats.dispose();
  });
});
