import { parametersOf, RandomKey, randomParameters } from '@cloze/core';
import { gptNano, GptForCausalLm } from '@cloze/gpt';
import { serializeModel } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { gpt2Graph } from './gpt2-graph.ts';

const CONFIG = { ...gptNano, numLayers: 2, hiddenSize: 32, intermediateSize: 64, vocabSize: 40 };

describe('gpt2Graph', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('computes what the model computes, token by token', async () => {
    const model = new GptForCausalLm(CONFIG, randomParameters(RandomKey.fromSeed(3)));
    const session = await InferenceSession.create(serializeModel(gpt2Graph(CONFIG, parametersOf(model))));
    const ids = [3, 1, 4, 1, 5];
    const integers = (values: readonly number[]): Tensor =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    let past: Record<string, Tensor> = {};
    for (const name of session.inputNames.filter((input) => input.startsWith('past'))) {
      past[name] = new Tensor('float32', new Float32Array(), [1, CONFIG.numHeads, 0, 32 / CONFIG.numHeads]);
    }
    const scores: number[] = [];
    for (const chunk of [[0, 1, 2], [3], [4]]) {
      const outputs = await session.run({
        input_ids: integers(chunk.map((position) => ids[position] ?? 0)),
        position_ids: integers(chunk),
        attention_mask: integers(ids.slice(0, (chunk.at(-1) ?? 0) + 1).map(() => 1)),
        ...past,
      });
      const { logits, ...present } = outputs;
      scores.push(...(logits?.data instanceof Float32Array ? logits.data : []));
      past = Object.fromEntries(
        Object.entries(present).map(([name, value]) => [name.replace('present', 'past_key_values'), value]),
      );
    }
    const expected = tf.tidy(() => model.forward({ inputIds: tf.tensor2d([ids], [1, 5], 'int32') }).logits.dataSync());
    expect(scores).toHaveLength(expected.length);
    expected.forEach((score, index) => {
      expect(scores[index]).toBeCloseTo(score, 4);
    });
    await session.release();
  });
});
