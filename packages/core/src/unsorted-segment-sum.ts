import * as tf from '@tensorflow/tfjs';
import { assert } from './errors.ts';
import { ensureKernel } from './operation.ts';

/**
 * Supplies the kernel of the gradient of `tf.gather` where the active backend lacks it (wasm): row i of x is added to row `segmentIds[i]` of the
 * result, one after the other on the host, so repeated ids add up exactly and in the same order on every run.
 */
export function ensureUnsortedSegmentSum(): void {
  ensureKernel('UnsortedSegmentSum', ({ x, segmentIds }, { numSegments }) => {
    assert(x !== undefined && segmentIds !== undefined, 'UnsortedSegmentSum: x and segmentIds are needed.');
    assert(typeof numSegments === 'number', 'UnsortedSegmentSum: numSegments is a number.');
    const rowShape = x.shape.slice(segmentIds.rank);
    const rowSize = tf.util.sizeFromShape(rowShape);
    const rows = x.dataSync();
    const sums = new Float32Array(numSegments * rowSize);
    segmentIds.dataSync().forEach((segment, row) => {
      if (segment < 0 || segment >= numSegments) return;
      for (let column = 0; column < rowSize; column++) {
        sums[segment * rowSize + column] =
          (sums[segment * rowSize + column] ?? 0) + (rows[row * rowSize + column] ?? 0);
      }
    });
    return [tf.tensor(sums, [numSegments, ...rowShape], x.dtype)];
  });
}
