import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSafetensors, type HostTensor } from '@cloze/core';
import { ADAPTER_METHODS } from '@cloze/conformance';
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
const FAMILIES_WITH_ADAPTERS = ['bert', 'gpt2', 'bart', 't5'];
const ADAPTERS = FAMILIES_WITH_ADAPTERS.flatMap((family) => ADAPTER_METHODS.map((method) => `${family}-${method}`));
const CASES = FOLDERS.flatMap((name) => ['onnxruntime', 'tfjs'].map((engine) => [name, engine] as const));

describe.runIf(parity !== undefined)('cloze forward equals the reference implementation', () => {
  it.each(CASES)('%s with %s', async (name, engine) => {
    const model = join(parity ?? '', name);
    const inputs = join(model, 'io.safetensors');
    const { tensors: expected } = parseSafetensors(await readFile(inputs));
    const gradients = [...expected.keys()].some((tensor) => tensor.startsWith('grad.')) ? ['--gradients'] : [];
    const actual = await outputsOf([model, '--inputs', inputs, ...gradients, '--engine', engine]);
    expectSame(actual, expected);
  });

  it.each(ADAPTERS)('with the adapter %s', async (name) => {
    const folder = join(parity ?? '', 'peft', name);
    const inputs = join(folder, 'io.safetensors');
    const { tensors } = parseSafetensors(await readFile(inputs));
    const adapter = join(folder, 'adapter');
    const actual = await outputsOf([join(folder, 'base'), '--inputs', inputs, '--adapter', adapter, '--gradients']);
    expectSame(withoutComputed(actual), withoutComputed(tensors));
  });
});

type Tensors = ReadonlyMap<string, HostTensor | undefined>;

/** The tensors that `cloze forward` writes. */
async function outputsOf(args: readonly string[]): Promise<Tensors> {
  const output = join(await temporaryFolder(), 'out.safetensors');
  const { status, stderr } = cloze(['forward', ...args, '--output', output]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return parseSafetensors(await readFile(output)).tensors;
}

/**
 * What can be compared: the reference also computes logits without the adapter and merged, and gradients of networks that compute virtual tokens, of which
 * files hold the results only.
 */
function withoutComputed(tensors: Tensors): Tensors {
  const isComputed = (name: string): boolean => /^output\.(base|merged)_logits$/.test(name);
  const hasNetwork = [...tensors.keys()].some((name) =>
    /^grad\.prompt_(encoder.*(head|transform)|embeddings)/.test(name),
  );
  const isOfNetwork = (name: string): boolean => hasNetwork && name.startsWith('grad.prompt_');
  return new Map([...tensors].filter(([name]) => !isComputed(name) && !isOfNetwork(name)));
}

/** Compares all outputs and gradients of the reference, every element. */
function expectSame(actual: Tensors, expected: Tensors): void {
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
}

function largestOf(tensor: HostTensor | undefined): number {
  return Math.max(...Array.from(tensor?.data ?? [], Number).map(Math.abs));
}
