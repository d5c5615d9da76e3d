import * as tf from '@tensorflow/tfjs';
import '@cloze/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../engines/onnxruntime.ts';
import { testLowerings } from '../fixtures/lowering-cases.ts';
import { jit } from '../jit.ts';
import { createNumbers, floats, integers } from '../test-tensors.ts';

const ENGINES = [
  { name: "ONNX Runtime's operators", engine: onnxRuntimeEngine({ nativeCode: false }) },
  { name: 'machine code', engine: onnxRuntimeEngine() },
];

describe.each(ENGINES)('lowerings to $name', ({ engine }) => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  testLowerings(engine);

  it('adds repeated rows exactly and equally on every run', async () => {
    const next = createNumbers(20261124);
    const [rows, ids] = [floats(next, [4096, 24]), integers(next, [4096], 64)];
    for (const numSegments of [64, 5000]) {
      const compiled = jit(
        (x: tf.Tensor, segments: tf.Tensor) => tf.unsortedSegmentSum(x, segments as tf.Tensor1D, numSegments),
        {
          engine: onnxRuntimeEngine({ numThreads: 2 }),
        },
      );
      const first = await compiled(rows, ids);
      expect(first).toBeAllClose(sumRows(rows, ids, numSegments), { absolute: 1e-4 });
      const bits = bytesOf(first);
      for (let run = 0; run < 100; run++) {
        const again = await compiled(rows, ids);
        expect(bytesOf(again).equals(bits)).toBe(true);
        again.dispose();
      }
      compiled.dispose();
    }
  });
});

/** tfjs's own kernel takes a pass over all rows for each segment. */
function sumRows(rows: tf.Tensor, ids: tf.Tensor, numSegments: number): tf.Tensor {
  const width = rows.shape[1] ?? 0;
  const sums = new Float64Array(numSegments * width);
  const [elements, segments] = [rows.dataSync(), ids.dataSync()];
  elements.forEach((element, index) => {
    const position = (segments[Math.floor(index / width)] ?? 0) * width + (index % width);
    sums[position] = (sums[position] ?? 0) + element;
  });
  return tf.tensor(Float32Array.from(sums), [numSegments, width]);
}

function bytesOf(tensor: tf.Tensor): Buffer {
  return Buffer.from(tensor.dataSync().slice().buffer);
}
