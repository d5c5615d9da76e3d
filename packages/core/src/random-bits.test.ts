import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { randomBits, randomUniform } from './random-bits.ts';
import { RandomKey } from './random-key.ts';

describe('randomBits and randomUniform', () => {
  leaksNoTensors();

  it('give the bits of the host, from a root on the host and from a tensor', () => {
    tf.tidy(() => {
      const host = RandomKey.fromSeed(9).fold('step').collapse();
      const onDevice = RandomKey.fromTensor(tf.tensor1d(Int32Array.from(host.toWords()), 'int32'));
      for (const key of [host, onDevice]) {
        const derived = key.fold('layers').fold(2);
        const bits = randomBits(derived, [2, 3]);
        expect([bits.shape, bits.dtype]).toEqual([[2, 3], 'int32']);
        expect(Uint32Array.from(bits.dataSync())).toEqual(host.fold('layers').fold(2).bits(6));
        expect(randomUniform(derived, [7]).dataSync()).toEqual(host.fold('layers').fold(2).uniform(7));
      }
    });
  });
});
