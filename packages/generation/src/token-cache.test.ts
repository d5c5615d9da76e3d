import { disposeModule } from '@cloze/core';
import { onnxRuntimeEngine, tfjsEngine } from '@cloze/jit';
import { leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { DecodingWeights } from './decoding-weights.ts';
import { tinyGpt } from './fixtures/tiny-gpt.ts';
import { disposeKeyValues, tokenCacheOf } from './token-cache.ts';

const ENGINES = [
  { name: 'onnxruntime', engine: onnxRuntimeEngine({ numThreads: 1 }) },
  { name: 'tfjs', engine: tfjsEngine() },
];

describe.each(ENGINES)('the cache of $name', ({ engine }) => {
  leaksNoTensors();

  it('holds a prompt, takes a token and follows rows', async () => {
    const cache = tokenCacheOf(engine);
    const range = (start: number): tf.Tensor => tf.reshape(tf.range(start, start + 8), [2, 1, 2, 2]);
    const prompt = tf.tidy(() => {
      const { key, value } = cache.fromStep({ key: range(0), value: range(10) });
      return { key: tf.clone(key), value: tf.clone(value) };
    });
    const added = tf.tensor([91, 92, 93, 94, 81, 82, 83, 84], [1, 2, 2, 1, 2]);
    const created = await cache.create([prompt], 3);
    const written = await cache.write(created, added, 2);
    const held = cache.select(written, [1, 1, 0]);
    const seen = tf.tidy(() =>
      held.map((layer) => cache.toStep(layer)).map(({ key, value }) => [key.arraySync(), value.arraySync()]),
    );
    const keys = [
      [
        [
          [4, 5],
          [6, 7],
          [93, 94],
        ],
      ],
      [
        [
          [4, 5],
          [6, 7],
          [93, 94],
        ],
      ],
      [
        [
          [0, 1],
          [2, 3],
          [91, 92],
        ],
      ],
    ];
    const values = [
      [
        [
          [14, 15],
          [16, 17],
          [83, 84],
        ],
      ],
      [
        [
          [14, 15],
          [16, 17],
          [83, 84],
        ],
      ],
      [
        [
          [10, 11],
          [12, 13],
          [81, 82],
        ],
      ],
    ];
    expect(seen).toEqual([[keys, values]]);
    disposeKeyValues([prompt, ...held]);
    added.dispose();
  });
});

describe('DecodingWeights', () => {
  leaksNoTensors();

  it('gives a model back the weights that it copied, transposed or not', async () => {
    const model = tinyGpt({ vocabSize: 50 });
    const inputIds = tf.tensor2d([[3, 1, 4]], [1, 3], 'int32');
    const logits = (given: typeof model): Float32Array | Int32Array | Uint8Array =>
      tf.tidy(() => given.forward({ inputIds }).logits.dataSync().slice());
    const expected = logits(model);
    for (const { engine } of ENGINES) {
      const weights = await DecodingWeights.copy(model, engine);
      const actual = tf.tidy(() => logits(weights.givenTo(model, weights.parameters)));
      expect(actual).toEqual(expected);
      weights.dispose();
    }
    inputIds.dispose();
    disposeModule(model);
  });
});
