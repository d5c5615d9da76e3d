import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSafetensors } from '@cloze/core';
import { parityFolder } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { cloze, temporaryFolder } from './fixtures/run-cloze.ts';

const parity = parityFolder();
const CASES = ['gpt2-lm-head', 'gpt2-for-sequence-classification'].flatMap((name) =>
  ['onnxruntime', 'tfjs'].map((engine) => [name, engine] as const),
);

describe.runIf(parity !== undefined)('cloze forward equals the reference implementation', () => {
  it.each(CASES)(
    '%s with %s',
    async (name, engine) => {
      const model = join(parity ?? '', name);
      const inputs = join(model, 'io.safetensors');
      const output = join(await temporaryFolder(), 'out.safetensors');
      const { status, stderr } = cloze([
        'forward',
        model,
        '--inputs',
        inputs,
        '--output',
        output,
        '--gradients',
        '--engine',
        engine,
      ]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const { tensors: expected } = parseSafetensors(await readFile(inputs));
      const { tensors: actual } = parseSafetensors(await readFile(output));
      const names = [...expected.keys()].filter((tensor) => /^(output|grad)\./.test(tensor)).toSorted();
      expect([...actual.keys()].toSorted()).toEqual(names);
      for (const tensor of names) {
        const [wanted, got] = [expected.get(tensor), actual.get(tensor)];
        expect(got?.shape, tensor).toEqual(wanted?.shape);
        const values = Array.from(wanted?.data ?? [], Number);
        // Tolerances of the fixtures: outputs absolutely, gradients by the largest of the tensor.
        const scale = tensor.startsWith('grad.') ? Math.max(...values.map(Math.abs)) : 1;
        const worst = Math.max(...values.map((value, index) => Math.abs(value - Number(got?.data[index]))));
        expect(worst, tensor).toBeLessThanOrEqual(1e-4 * scale);
      }
    },
    30_000,
  );
});
