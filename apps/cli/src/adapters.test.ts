import { join } from 'node:path';
import { bertFamily, bertTiny } from '@cloze/bert';
import { disposeModule, parametersOf, RandomKey, randomParameters } from '@cloze/core';
import { gptFamily, gptNano } from '@cloze/gpt';
import { anyFamily, savePretrained, savePretrainedAdapter, type PretrainedParts } from '@cloze/hub';
import { createAdapter, disposeAdapter, loraConfig } from '@cloze/peft';
import { leaksNoTensors } from '@cloze/testing';
import { trainCharacters } from '@cloze/tokenizer';
import { describe, expect, it } from 'vitest';
import { cloze, temporaryFolder } from './fixtures/run-cloze.ts';

const key = RandomKey.fromSeed(1);

describe('--adapter', () => {
  leaksNoTensors();

  it('changes what a model writes, and tells what it is', async () => {
    const { model, adapter } = await savedFolders(tinyGpt());
    const write = ['generate', '--model', model, '--json', '--temperature', '0', '--max-tokens', '8', 'to be'];
    const [plain, adapted] = [textOf(write), textOf([...write, '--adapter', adapter])];
    expect(adapted).toHaveLength(8);
    expect(adapted).not.toBe(plain);

    const { status, stdout } = cloze(['info', model, '--adapter', adapter]);
    expect(status).toBe(0);
    expect(stdout).toContain('LORA, made for owner/tiny');
    expect(stdout).toMatch(/learned +512 numbers, \d\.\d\d % of the model's/);
    const { stdout: json } = cloze(['info', model, '--adapter', adapter, '--json']);
    expect(JSON.parse(json)).toMatchObject({
      adapter: { method: 'LORA', baseModel: 'owner/tiny', numParameters: 512 },
    });
  });

  it('refuses an adapter of another model', async () => {
    const { model } = await savedFolders(tinyGpt());
    const { adapter } = await savedFolders(tinyBert());
    const { status, stderr } = cloze(['generate', '--model', model, '--adapter', adapter, 'to be']);
    expect(status).toBe(6);
    expect(stderr).toContain('The adapter, which was made for owner/tiny, must fit the model');
  });
});

function textOf(args: readonly string[]): string {
  const { status, stdout, stderr } = cloze(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return (JSON.parse(stdout) as { readonly text: string }).text;
}

/** A model and an adapter on it that changes its outputs. */
async function savedFolders(parts: PretrainedParts): Promise<{ readonly model: string; readonly adapter: string }> {
  const folder = await temporaryFolder();
  const { family, config, task, model } = parts;
  const settings = { config: loraConfig({ rank: 4, alpha: 400 }), key };
  const adapted = createAdapter(model, family.checkpointNames(config, task), settings);
  for (const tensor of Object.values(parametersOf(adapted.model, adapted.trainable))) {
    tensor.dataSync<'float32'>().set(key.uniform(tensor.size));
  }
  await savePretrained(join(folder, 'model'), parts);
  await savePretrainedAdapter(join(folder, 'adapter'), adapted, { baseModel: 'owner/tiny' });
  disposeAdapter(adapted);
  disposeModule(model);
  return { model: join(folder, 'model'), adapter: join(folder, 'adapter') };
}

function tinyGpt(): PretrainedParts {
  const tokenizer = trainCharacters(['to be or not to be, whether']);
  const sizes = { hiddenSize: 16, intermediateSize: 32, numHeads: 2, numLayers: 2, maxPositions: 32 };
  const config = { ...gptNano, ...sizes, vocabSize: tokenizer.vocabSize };
  const task = 'causal-language-modeling';
  const model = gptFamily.create(config, task, randomParameters(key));
  return { family: anyFamily(gptFamily), config, task, model, tokenizer };
}

function tinyBert(): PretrainedParts {
  const config = { ...bertTiny, hiddenSize: 16, intermediateSize: 32, vocabSize: 11, maxPositions: 16 };
  const task = 'masked-language-modeling';
  return { family: anyFamily(bertFamily), config, task, model: bertFamily.create(config, task, randomParameters(key)) };
}
