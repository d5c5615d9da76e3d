import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { exportOnnx } from './export-onnx.ts';

describe('exportOnnx', () => {
  it('writes a file that plain ONNX Runtime runs, with inputs and outputs named by their paths', async () => {
    const weight = tf.tensor2d([1, -2, 3, 4, 5, -6], [3, 2]);
    const model = ({ x, ids }: { x: tf.Tensor; ids: tf.Tensor }): { logits: tf.Tensor; rows: tf.Tensor[] } => ({
      logits: tf.softmax(tf.relu(tf.matMul(x, weight))),
      rows: [tf.gather(weight, ids)],
    });
    const inputs = { x: tf.tensor2d([0.5, 1, -1, 2, 0, 1], [2, 3]), ids: tf.tensor1d([2, 0], 'int32') };
    const bytes = exportOnnx(model, [inputs]);

    const session = await InferenceSession.create(bytes);
    expect(session.inputNames).toEqual(['0.x', '0.ids']);
    expect(session.outputNames).toEqual(['logits', 'rows.0']);
    const results = await session.run({
      '0.x': new Tensor('float32', Float32Array.from(inputs.x.dataSync()), [2, 3]),
      '0.ids': new Tensor('int32', Int32Array.from(inputs.ids.dataSync()), [2]),
    });
    const expected = model(inputs);
    expect(results['logits']?.data).toBeAllClose(Array.from(expected.logits.dataSync()));
    expect(results['rows.0']?.data).toBeAllClose(Array.from(expected.rows[0]?.dataSync() ?? []));
    await session.release();
  });

  it('exports gradients too', async () => {
    const gradient = (x: tf.Tensor): tf.Tensor => tf.grad((y: tf.Tensor) => tf.sum(tf.mul(tf.tanh(y), y)))(x);
    const x = tf.tensor1d([0.1, -0.7, 2]);
    const session = await InferenceSession.create(exportOnnx(gradient, [x]));
    const results = await session.run({ '0': new Tensor('float32', Float32Array.from(x.dataSync()), [3]) });
    expect(results['value']?.data).toBeAllClose(Array.from(gradient(x).dataSync()));
    await session.release();
  });
});
