import * as tf from '@tensorflow/tfjs';
import '@cloze/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../engines/onnxruntime.ts';
import { evaluateGraph } from '../evaluate-graph.ts';
import type { Graph } from '../graph.ts';
import { jit } from '../jit.ts';
import { simplify } from '../passes/index.ts';
import { createNetworkState, createStepInputs, networkStep } from '../test-network.ts';
import { trace, type TracedFunction } from '../trace.ts';
import { flattenTree } from '../tree.ts';
import { fuse, splitRandomRoots } from './fuse.ts';
import { splitInPlaceUpdates } from './in-place-updates.ts';

const CLOSE = { absolute: 1e-6, ofLargest: 1e-5 } as const;

describe('a training step of a small transformer', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('is computed alike by the traced, the simplified and the fused graph', () => {
    const { leaves, structure } = flattenTree([createNetworkState(1), createStepInputs(2)], 'arguments');
    const { graph } = trace(networkStep as unknown as TracedFunction, structure, leaves);
    const expected = flattenTree(networkStep(createNetworkState(1), createStepInputs(2)), 'result').leaves;
    const simplified = simplify(graph);
    const fused = fuse(splitRandomRoots(simplified));
    for (const variant of [graph, simplified, fused]) {
      const actual = evaluateGraph(variant, leaves);
      expected.forEach((tensor, index) => {
        expect(actual[index]).toBeAllClose(tensor, CLOSE);
      });
    }
    expect(countKernels(graph).get('Fused')).toBeUndefined();
    expect(simplified.nodes.length).toBeLessThan(graph.nodes.length);
    expect(fused.nodes.length).toBeLessThan(simplified.nodes.length / 2);
  });

  it('keeps all updates of the state out of the session and in place', () => {
    const { leaves, structure } = flattenTree([createNetworkState(1), createStepInputs(2)], 'arguments');
    const { graph } = trace(networkStep as unknown as TracedFunction, structure, leaves);
    const numState = Object.keys(createNetworkState(1).parameters).length * 3;
    const { main, updates } = splitInPlaceUpdates(
      fuse(splitRandomRoots(simplify(graph))),
      leaves.map((_, index) => index < numState),
    );
    const outputs = updates.flatMap((update) => update.outputs);
    expect(outputs).toHaveLength(numState);
    expect(outputs.every(({ over }) => over !== undefined)).toBe(true);
    expect(new Set(outputs.map(({ over }) => over)).size).toBe(numState);
    expect(main.outputs.some((output) => graph.outputs.includes(output))).toBe(true);
  });

  it('is the same over several steps compiled and eager, with dropout', async () => {
    const step = jit(networkStep, { engine: onnxRuntimeEngine(), donate: [0] });
    let [state, eager] = [createNetworkState(3), createNetworkState(3)];
    for (let i = 0; i < 5; i++) {
      const compiled = await step(state, createStepInputs(10 + i));
      const expected = networkStep(eager, createStepInputs(10 + i));
      expect(compiled.loss).toBeAllClose(expected.loss, { relative: 1e-5 });
      state = compiled.state;
      eager = expected.state;
    }
    const [actual, wanted] = [flattenTree(state, 'state').leaves, flattenTree(eager, 'state').leaves];
    actual.forEach((tensor, index) => {
      expect(tensor).toBeAllClose(wanted[index] ?? tensor, { ofLargest: 1e-4 });
    });
    step.dispose();
  });

  it('keeps a reshape before the node that reads it, where that node stays alone', async () => {
    // The loop of exponential and last product begins before the reshape and waits for the product that reads it.
    const weigh = (x: tf.Tensor, table: tf.Tensor, ids: tf.Tensor, scale: tf.Tensor): tf.Tensor => {
      const exponential = tf.exp(x);
      const rows = tf.reshape(tf.gather(table, ids), [3, 2, 4]);
      return tf.mul(exponential, tf.sum(tf.mul(rows, scale), 1));
    };
    const args = [
      tf.randomNormal([3, 4], 0, 1, 'float32', 1),
      tf.randomNormal([5, 4], 0, 1, 'float32', 2),
      tf.tensor1d([4, 0, 1, 1, 3, 2], 'int32'),
      tf.tensor3d([1, 2, 3, 4, 5, 6], [3, 2, 1]),
    ] as const;
    const compiled = jit(weigh, { engine: onnxRuntimeEngine() });
    expect(await compiled(...args)).toBeAllClose(weigh(...args), CLOSE);
    compiled.dispose();
  });

  it('gives the same bits with one thread and with two, on every run', async () => {
    const digests = new Set<string>();
    for (const numThreads of [1, 2, 2]) {
      const step = jit(networkStep, { engine: onnxRuntimeEngine({ numThreads }), donate: [0] });
      let state = createNetworkState(5);
      for (let i = 0; i < 4; i++) ({ state } = await step(state, createStepInputs(i)));
      digests.add(
        flattenTree(state, 'state')
          .leaves.map((leaf) => Buffer.from(leaf.dataSync().slice().buffer).toString('hex'))
          .join(),
      );
      step.dispose();
    }
    expect(digests.size).toBe(1);
  });
});

function countKernels({ nodes }: Graph): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kernel } of nodes) counts.set(kernel, (counts.get(kernel) ?? 0) + 1);
  return counts;
}
