import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  disposeModule,
  parametersOf,
  randomParameters,
  RandomKey,
  safetensorsChunks,
  toHostTensor,
  withParameters,
  type HostTensor,
  type Module,
  type ParameterMap,
} from '@cloze/core';
import {
  createAdapter,
  disposeAdapter,
  ia3Config,
  loraConfig,
  prefixConfig,
  promptConfig,
  pTuningConfig,
  withVirtualOutputs,
  type AdaptedModel,
  type AdapterConfig,
} from '@cloze/peft';
import { leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { AnyFamily } from './auto.ts';
import { ALL_FAMILIES, smallestConfig } from './fixtures/families.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { savePretrainedAdapter } from './save-adapter.ts';
import { savePretrained } from './save-pretrained.ts';
import { writeFolder } from './write-folder.ts';

/** A Python that has transformers and peft. */
const PYTHON = process.env['CLOZE_PYTHON'] ?? 'python3';
const SCRIPT = join(import.meta.dirname, '../scripts/check-with-peft.py');

const TASKS: readonly (readonly [family: string, task: string, taskType: string])[] = [
  ['bert', 'sequence-classification', 'SEQ_CLS'],
  ['bert', 'token-classification', 'TOKEN_CLS'],
  ['gpt', 'causal-language-modeling', 'CAUSAL_LM'],
  ['gpt', 'sequence-classification', 'SEQ_CLS'],
  ['bart', 'conditional-generation', 'SEQ_2_SEQ_LM'],
  ['t5', 'conditional-generation', 'SEQ_2_SEQ_LM'],
];

/** All that Hugging Face PEFT has, too. */
const METHODS: Readonly<Record<string, (taskType: string) => AdapterConfig>> = {
  lora: (taskType) => loraConfig({ taskType, rank: 4 }),
  'lora-biases': (taskType) => loraConfig({ taskType, rank: 2, targetModules: 'all-linear', biases: 'all' }),
  rslora: (taskType) => loraConfig({ taskType, rank: 4, isRankStabilized: true }),
  dora: (taskType) => loraConfig({ taskType, rank: 4, isWeightDecomposed: true }),
  ia3: (taskType) => ia3Config({ taskType }),
  prompt: (taskType) => promptConfig({ taskType, numVirtualTokens: 4 }),
  'prompt-text': (taskType) =>
    promptConfig({ taskType, initialization: { text: 'to be', tokenizer: 'none', ids: [5, 6, 7] } }),
  'p-tuning': (taskType) => pTuningConfig({ taskType, numVirtualTokens: 3, encoderHiddenSize: 8 }),
  'p-tuning-lstm': (taskType) =>
    pTuningConfig({ taskType, numVirtualTokens: 3, encoder: 'lstm', encoderHiddenSize: 8 }),
  prefix: (taskType) => prefixConfig({ taskType, numVirtualTokens: 3 }),
  'prefix-projection': (taskType) => prefixConfig({ taskType, numVirtualTokens: 3, hasProjection: true }),
};

/** A BART that scales its token embeddings, which prompts must not be. */
const SCALED: readonly string[] = ['prompt', 'p-tuning'];

interface NamedModel extends Module {
  forward(inputs: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, unknown>>;
}

interface Case {
  readonly family: AnyFamily;
  readonly task: string;
  readonly method: string;
  readonly config: AdapterConfig;
  readonly settings?: object;
}

const CASES: readonly Case[] = TASKS.flatMap(([name, task, taskType]) =>
  ALL_FAMILIES.filter((family) => family.name === name).flatMap((family) =>
    Object.entries(METHODS).flatMap(([method, create]) => {
      const plain = { family, task, method, config: create(taskType) };
      const scaled = { ...plain, method: `${method}-scaled`, settings: { scalesEmbeddings: true } };
      return name === 'bart' && SCALED.includes(method) ? [plain, scaled] : [plain];
    }),
  ),
);

/** Saves a random model and an adapter as if it were trained, with inputs, and what they compute. */
async function write({ family, task, method, config, settings }: Case, root: string): Promise<string> {
  const folder = join(root, `${family.name}-${task}-${method}`);
  await mkdir(folder);
  const modelConfig = { ...smallestConfig(family), ...settings };
  const model = family.create(modelConfig, task, randomParameters(RandomKey.fromSeed(1))) as NamedModel;
  await savePretrained(join(folder, 'base'), { family, config: modelConfig, task, model });
  const names = family.checkpointNames(modelConfig, task);
  const fresh = createAdapter(model, names, { config, key: RandomKey.fromSeed(3) });
  const trained = moved(fresh);
  await savePretrainedAdapter(join(folder, 'adapter'), trained);
  const inputs = inputsOf(task);
  const outputs = tf.tidy(() => withVirtualOutputs(trained.model.forward(inputs))['logits'] as tf.Tensor);
  const tensors = new Map<string, HostTensor>();
  for (const [name, tensor] of Object.entries(inputs))
    tensors.set(`input.${snakeCase(name)}`, await toHostTensor(tensor));
  tensors.set('output.logits', await toHostTensor(outputs));
  await writeFolder(folder, [{ name: 'io.safetensors', chunks: safetensorsChunks(tensors) }]);
  tf.dispose([inputs, outputs]);
  [fresh, trained].forEach(disposeAdapter);
  disposeModule(model);
  return folder;
}

/** Every trained number is another. */
function moved(adapted: AdaptedModel<NamedModel>): AdaptedModel<NamedModel> {
  const trained = Object.entries(parametersOf(adapted.model, adapted.trainable));
  const values = trained.map(([path, tensor], index) => [
    path,
    tf.tidy(() => tf.add(tensor, tf.randomNormal(tensor.shape, 0, 0.1, 'float32', index + 1))),
  ]);
  return { ...adapted, model: withParameters(adapted.model, Object.fromEntries(values) as ParameterMap) };
}

function inputsOf(task: string): Record<string, tf.Tensor> {
  const rows = Int32Array.from(RandomKey.fromSeed(2).uniform(18), (uniform) => 5 + Math.floor(uniform * 290));
  const inputIds = tf.tensor(rows, [2, 9], 'int32');
  // The last two tokens of the first row are padding.
  const isToken = Int32Array.from({ length: 18 }, (_, index) => (index === 7 || index === 8 ? 0 : 1));
  const attentionMask = tf.tensor(isToken, [2, 9], 'int32');
  const isSequenceToSequence = task === 'conditional-generation';
  return {
    inputIds,
    attentionMask,
    ...(isSequenceToSequence && { decoderInputIds: tf.tensor([7, 8, 9, 10, 11, 12], [2, 3], 'int32') }),
  };
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

describe('Hugging Face PEFT', () => {
  leaksNoTensors();

  it('loads adapters that were saved and computes the same', async () => {
    const root = await temporaryFolder();
    const folders: string[] = [];
    for (const each of CASES) folders.push(await write(each, root));
    const report = execFileSync(PYTHON, [SCRIPT, ...folders], { encoding: 'utf8' });
    console.info(report);
    expect(report.trim().split('\n')).toHaveLength(CASES.length);
  }, 600_000);
});
