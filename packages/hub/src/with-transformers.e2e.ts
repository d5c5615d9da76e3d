import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  disposeModule,
  isTensor,
  randomParameters,
  RandomKey,
  safetensorsChunks,
  toHostTensor,
  type HostTensor,
  type Module,
} from '@cloze/core';
import { TASK_LOSSES } from '@cloze/objectives';
import { leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { AnyFamily } from './auto.ts';
import { ALL_FAMILIES, smallestConfig } from './fixtures/families.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { savePretrained } from './save-pretrained.ts';
import { writeFolder } from './write-folder.ts';

/** A Python that has transformers. */
const PYTHON = process.env['CLOZE_PYTHON'] ?? 'python3';
const SCRIPT = join(import.meta.dirname, '../scripts/check-with-transformers.py');

/** Those that Hugging Face transformers has. */
const FAMILIES = ALL_FAMILIES.filter(({ name }) => name !== 'glm' && name !== 'elmo');
const CASES = FAMILIES.flatMap((family) => Object.keys(family.architectures).map((task) => ({ family, task })));

interface NamedModel extends Module {
  forward(inputs: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, unknown>>;
}

/** Saves a random model with inputs, and what it computes for them. */
async function write({ family, task }: { family: AnyFamily; task: string }): Promise<string> {
  const folder = await temporaryFolder();
  const config = smallestConfig(family);
  const model = family.create(config, task, randomParameters(RandomKey.fromSeed(1))) as NamedModel;
  await savePretrained(folder, { family, config, task, model }, { maxShardBytes: 1_000_000 });
  const inputs = inputsOf(family, task);
  const outputs = tf.tidy(() => publishedOutputs(task, model.forward(inputs)));
  disposeModule(model);
  const tensors = new Map<string, HostTensor>();
  const take = async (prefix: string, named: Readonly<Record<string, tf.Tensor>>): Promise<void> => {
    for (const [name, tensor] of Object.entries(named))
      tensors.set(`${prefix}${snakeCase(name)}`, await toHostTensor(tensor));
    tf.dispose(named);
  };
  await take('input.', inputs);
  await take('output.', outputs);
  await writeFolder(folder, [{ name: 'io.safetensors', chunks: safetensorsChunks(tensors) }]);
  return folder;
}

/** Two rows of random tokens, or three answers to each of two questions; they end with the token by which encoder-decoders classify. */
function inputsOf(family: AnyFamily, task: string): Record<string, tf.Tensor> {
  const leading = task === 'multiple-choice' || task === 'double-heads' ? [2, 3] : [2];
  const size = leading.reduce((product, length) => product * length, 1);
  const ids = RandomKey.fromSeed(2).uniform(size * 9);
  const eos = family.toConfigJson(smallestConfig(family), task)['eos_token_id'];
  const rows = Int32Array.from(ids, (uniform, index) =>
    index % 9 === 8 && typeof eos === 'number' ? eos : 5 + Math.floor(uniform * 290),
  );
  const inputIds = tf.tensor(rows, [...leading, 9], 'int32');
  const hasDecoder = ['bart', 't5'].includes(family.name) && (task === 'base' || task === 'conditional-generation');
  return hasDecoder ? { inputIds, decoderInputIds: tf.tensor([7, 8, 9, 10, 11, 12], [2, 3], 'int32') } : { inputIds };
}

function publishedOutputs(task: string, outputs: Readonly<Record<string, unknown>>): Record<string, tf.Tensor> {
  const names = TASK_LOSSES[task]?.publishedNames ?? {};
  const compared = Object.entries(outputs).flatMap(([name, output]) =>
    isTensor(output) && /logits$|^lastHiddenState$/i.test(name) ? [[names[name] ?? name, output] as const] : [],
  );
  const logits = compared.filter(([name]) => name !== 'lastHiddenState');
  return Object.fromEntries(logits.length > 0 ? logits : compared);
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

describe('Hugging Face transformers', () => {
  leaksNoTensors();

  it('loads what was saved and computes the same', async () => {
    const folders: string[] = [];
    for (const each of CASES) folders.push(await write(each));
    const report = execFileSync(PYTHON, [SCRIPT, ...folders], { encoding: 'utf8' });
    console.info(report);
    expect(report.trim().split('\n').length).toBeGreaterThanOrEqual(CASES.length);
  }, 600_000);
});
