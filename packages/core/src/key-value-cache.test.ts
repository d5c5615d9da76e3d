import * as tf from '@tensorflow/tfjs';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { createCache, writeCache } from './key-value-cache.ts';

describe('the key-value cache', () => {
  leaksNoTensors();

  it('holds a prompt at its start and takes one token at a slot', () => {
    tf.tidy(() => {
      const prompt = { key: tf.ones([1, 1, 2, 1]), value: tf.fill([1, 1, 2, 1], 2) };
      const cache = createCache([prompt], 4);
      const written = writeCache(
        cache,
        [{ key: tf.fill([1, 1, 1, 1], 7), value: tf.fill([1, 1, 1, 1], 8) }],
        tf.scalar(2, 'int32'),
      );
      expect(written.map(({ key, value }) => [[...key.dataSync()], [...value.dataSync()]])).toEqual([
        [
          [1, 1, 7, 0],
          [2, 2, 8, 0],
        ],
      ]);
      expect([...(cache[0]?.key.dataSync() ?? [])]).toEqual([1, 1, 0, 0]);
    });
  });

  it('refuses a prompt that does not fit and a layer without keys', () => {
    tf.tidy(() => {
      const keyValues = { key: tf.ones([1, 1, 2, 1]), value: tf.ones([1, 1, 2, 1]) };
      expect(() => createCache([keyValues], 1)).toThrowErrorMatchingInlineSnapshot(
        `[ClozeError: INTERNAL: createCache: 2 tokens do not fit into a cache of capacity 1. This is a bug in Cloze; please report it with this message.]`,
      );
      expect(() => writeCache([keyValues], [], tf.scalar(0, 'int32'))).toThrowErrorMatchingInlineSnapshot(
        `[ClozeError: INTERNAL: writeCache: layer 0 of the cache has no new keys and values. This is a bug in Cloze; please report it with this message.]`,
      );
    });
  });
});
