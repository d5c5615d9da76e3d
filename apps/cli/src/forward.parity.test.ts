import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSafetensors, type HostTensor } from '@cloze/core';
import { parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { cloze, temporaryFolder } from './fixtures/run-cloze.ts';

const parity = parityFolder();
const FOLDERS = [
  'gpt2-lm-head',
  'gpt2-for-sequence-classification',
  'bert-model',
  'bert-for-masked-lm',
  'bert-for-pretraining',
  'bert-for-sequence-classification',
  'bert-for-regression',
  'bert-for-token-classification',
  'bert-for-question-answering',
  'bart-for-conditional-generation',
  'bart-for-sequence-classification',
  't5-for-conditional-generation',
  't5-v1.1-for-conditional-generation',
  't5-encoder',
  'glm-blank-infilling',
  'glm-generation-mask',
];
const CASES = FOLDERS.flatMap((name) => ['onnxruntime', 'tfjs'].map((engine) => [name, engine] as const));

describe.runIf(parity !== undefined)('cloze forward equals the reference implementation', () => {
  it.each(CASES)(
    '%s with %s',
    async (name, engine) => {
      const model = join(parity ?? '', name);
      const inputs = join(model, 'io.safetensors');
      const output = join(await temporaryFolder(), 'out.safetensors');
      const { tensors: expected } = parseSafetensors(await readFile(inputs));
      const gradients = [...expected.keys()].some((tensor) => tensor.startsWith('grad.')) ? ['--gradients'] : [];
      const files = ['--inputs', inputs, '--output', output];
      const { status, stderr } = cloze(['forward', model, ...files, ...gradients, '--engine', engine]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const { tensors: actual } = parseSafetensors(await readFile(output));
      const names = [...expected.keys()].filter((tensor) => /^(output|grad)\./.test(tensor)).toSorted();
      // Of some families we tell more than the reference: every hidden state.
      expect(names.filter((tensor) => !actual.has(tensor))).toEqual([]);
      const ofGradients = names.filter((tensor) => tensor.startsWith('grad.'));
      expect([...actual.keys()].filter((tensor) => tensor.startsWith('grad.')).toSorted()).toEqual(ofGradients);
      const largestGradient = Math.max(0, ...ofGradients.map((tensor) => largestOf(expected.get(tensor))));
      for (const tensor of names) {
        const [wanted, got] = [expected.get(tensor), actual.get(tensor)];
        expect(got?.shape, tensor).toEqual(wanted?.shape);
        const values = Array.from(wanted?.data ?? [], Number);
        // Tolerances of the fixtures: outputs absolutely, gradients by the largest of the tensor. Gradients that are zero in exact arithmetic, as of a
        // bias that softmax does not see, are rounding errors on both sides.
        const limit = tensor.startsWith('grad.') ? 1e-4 * largestOf(wanted) + 1e-6 * largestGradient : 1e-4;
        const worst = Math.max(...values.map((value, index) => Math.abs(value - Number(got?.data[index]))));
        expect(worst, tensor).toBeLessThanOrEqual(limit);
      }
    },
    30_000,
  );
});

function largestOf(tensor: HostTensor | undefined): number {
  return Math.max(...Array.from(tensor?.data ?? [], Number).map(Math.abs));
}
