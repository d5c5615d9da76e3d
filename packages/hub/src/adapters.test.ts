import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bertFamily, bertTiny, type BertConfig } from '@cloze/bert';
import {
  disposeModule,
  labelNames,
  labelNamesJson,
  parametersOf,
  randomParameters,
  RandomKey,
  toHostTensor,
  type HostTensor,
  type Module,
  type ParameterFilter,
} from '@cloze/core';
import { gptFamily } from '@cloze/gpt';
import {
  createAdapter,
  disposeAdapter,
  loraConfig,
  pfeifferConfig,
  type AdaptedModel,
  type AdapterConfig,
} from '@cloze/peft';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { anyFamily } from './auto.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { tinyGpt } from './fixtures/tiny-gpt.ts';
import { loadAdapted } from './load-adapted.ts';
import { loadPretrainedAdapter } from './load-adapter.ts';
import { readAdapter } from './read-adapter.ts';
import { savePretrainedAdapter, type SaveAdapterOptions } from './save-adapter.ts';
import { savePretrained, type PretrainedParts } from './save-pretrained.ts';

const FAMILIES = [anyFamily(gptFamily), anyFamily(bertFamily)];
const key = RandomKey.fromSeed(1);
/** 2 layers of 8. */
const tinyBertConfig: BertConfig = {
  ...bertTiny,
  vocabSize: 11,
  hiddenSize: 8,
  intermediateSize: 16,
  maxPositions: 16,
};

describe('savePretrainedAdapter and loadPretrainedAdapter', () => {
  leaksNoTensors();

  it('give the same adapter back, further ones in folders of their own', async () => {
    const base = tinyGpt();
    const folder = await temporaryFolder();
    const [plain, other] = [adapterOn(base), adapterOn(base, pfeifferConfig())];
    await savePretrainedAdapter(folder, plain, { baseModel: 'owner/tiny' });
    await savePretrainedAdapter(folder, other, { name: 'other' });
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      'other',
      'other/adapter_config.json',
      'other/adapter_model.safetensors',
    ]);
    expect(await readAdapter(folder)).toMatchObject({ baseModel: 'owner/tiny', config: { peft_type: 'LORA' } });
    expect(await readAdapter(folder, { name: 'other' })).toMatchObject({ baseModel: undefined });

    const loaded = await loadPretrainedAdapter(base, folder);
    const loadedOther = await loadPretrainedAdapter(base, folder, { name: 'other' });
    expect(await valuesOf(loaded.model)).toEqual(await valuesOf(plain.model));
    expect(await valuesOf(loadedOther.model)).toEqual(await valuesOf(other.model));
    // Saved again, it keeps what it was made for.
    await savePretrainedAdapter(folder, loaded, { name: 'again' });
    expect(await readAdapter(folder, { name: 'again' })).toMatchObject({ baseModel: 'owner/tiny' });
    for (const adapted of [plain, other, loaded, loadedOther]) disposeAdapter(adapted);
    disposeModule(base.model);
  });

  it('refuse an adapter of another model and say which', async () => {
    const gpt = tinyGpt();
    const bert = tinyBert('masked-language-modeling');
    const folder = await savedAdapter(gpt, { baseModel: 'owner/tiny' });
    await expect(loadPretrainedAdapter(bert, folder).catch(withoutPath(folder))).resolves.toMatchInlineSnapshot(
      `"CHECKPOINT_MISMATCH: FOLDER: The adapter, which was made for owner/tiny, must fit the model, a bert for masked-language-modeling. AdapterConfig: the model must have one of the layers ["c_attn"]; it has layers named word_embeddings, position_embeddings, token_type_embeddings, LayerNorm, query, key, value, dense. Put the adapter on the model that it was made for."`,
    );
    // The layers have the right names, but not the shapes.
    const wide = tinyGpt(1, { hiddenSize: 12 });
    await expect(loadPretrainedAdapter(wide, folder).catch(withoutPath(folder))).resolves.toMatchInlineSnapshot(
      `"CHECKPOINT_MISMATCH: FOLDER: The adapter, which was made for owner/tiny, must fit the model, a gpt for causal-language-modeling. model.layers.0.attention.queryKeyValue.loraA must have shape [12, 2]; the checkpoint's base_model.model.transformer.h.0.attn.c_attn.lora_A.weight must be [2, 12] of F32, F16 or BF16, got [2, 8] of F32. Put the adapter on the model that it was made for."`,
    );
    for (const { model } of [gpt, bert, wide]) disposeModule(model);
  });

  it('refuse what is no whole adapter', async () => {
    const base = tinyGpt();
    const folder = await savedAdapter(base);
    const failure = (): Promise<unknown> => readAdapter(folder).catch(withoutPath(folder));
    const weights = join(folder, 'adapter_model.safetensors');
    const bytes = await readFile(weights);
    await writeFile(weights, Uint8Array.from(bytes).fill(1, bytes.length - 1));
    await expect(failure()).resolves.toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER/adapter_model.safetensors: The weights must have the sha256 that was saved with them; they do not. The file is damaged; take a copy or save it again."`,
    );
    await writeFile(weights, bytes.subarray(0, 20));
    await expect(failure()).resolves.toMatch(/^CHECKPOINT_CORRUPT/);
    await rm(weights);
    await expect(failure()).resolves.toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER: An adapter's folder must hold adapter_model.safetensors, found none. Copy or download the whole folder."`,
    );
    await writeFile(join(folder, 'adapter_model.bin'), '');
    await expect(failure()).resolves.toMatchInlineSnapshot(
      `"UNSUPPORTED_FORMAT: FOLDER: Weights must be safetensors, got adapter_model.bin, which can run code when it is opened. Convert it in Python: PeftModel.from_pretrained(base, folder).save_pretrained(other_folder)."`,
    );
    const config = join(folder, 'adapter_config.json');
    await writeFile(config, '{"peft_type": "LORA", "r": "many"}');
    await expect(failure()).resolves.toMatchInlineSnapshot(
      `"CHECKPOINT_MISMATCH: FOLDER at "/r": AdapterConfig: r must be an integer of at least 1, got "many". Correct the configuration."`,
    );
    await writeFile(config, '[]');
    await expect(failure()).resolves.toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER/adapter_config.json: adapter_config.json must be an object. The file is damaged; take it from where the weights come from."`,
    );
    await rm(config);
    await expect(failure()).resolves.toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER: An adapter's folder must hold adapter_config.json, found none. Name the folder that Hugging Face PEFT or cloze finetune wrote."`,
    );
    disposeModule(base.model);
  });

  it('save no number that is not finite', async () => {
    const base = tinyGpt();
    const folder = await temporaryFolder();
    const adapted = adapterOn(base);
    const [tensor] = Object.values(parametersOf(adapted.model, adapted.trainable));
    tensor?.dataSync().fill(Number.NaN);
    await expect(savePretrainedAdapter(folder, adapted)).rejects.toThrow('must be finite to be saved');
    await expect(savePretrainedAdapter(folder, adapted, { name: '../out' })).rejects.toThrow(
      'A file name must be plain',
    );
    expect(await readdir(folder)).toEqual([]);
    disposeAdapter(adapted);
    disposeModule(base.model);
  });
});

describe('loadAdapted', () => {
  leaksNoTensors();

  it('loads a model with an adapter, which it owns', async () => {
    const base = tinyGpt();
    const adapted = adapterOn(base);
    const [baseFolder, folder] = [await temporaryFolder(), await temporaryFolder()];
    await savePretrained(baseFolder, base);
    await savePretrainedAdapter(folder, adapted);
    const loaded = await loadAdapted(FAMILIES, baseFolder, folder);
    expect(await valuesOf(loaded.model)).toEqual(await valuesOf(adapted.model));
    expect(loaded.task).toBe('causal-language-modeling');
    disposeModule(loaded.model);
    disposeAdapter(adapted);
    disposeModule(base.model);
  });

  it.each([
    ['found by its type and its shape', false],
    ['described beside the adapter', true],
  ])('loads a base for the task of its adapter, whose head is %s', async (_, hasConfig) => {
    const baseFolder = await savedModel(tinyBert('masked-language-modeling'));
    const classifier = tinyBert('sequence-classification', 3);
    const configJson = {
      ...classifier.family.toConfigJson(classifier.config, classifier.task),
      ...labelNamesJson(['bad', 'fair', 'good']),
    };
    const folder = await temporaryFolder();
    const adapted = adapterOn(classifier, loraConfig({ taskType: 'SEQ_CLS', modulesToSave: ['pooler'] }));
    await savePretrainedAdapter(folder, adapted, hasConfig ? { configJson } : {});
    const loaded = await loadAdapted(FAMILIES, baseFolder, folder);
    expect(loaded.task).toBe('sequence-classification');
    expect(labelNames(loaded.configJson)).toEqual(
      hasConfig ? ['bad', 'fair', 'good'] : ['LABEL_0', 'LABEL_1', 'LABEL_2'],
    );
    const isSaved: ParameterFilter = (path) => loaded.adapter.trainable(path);
    expect(await valuesOf(loaded.model, isSaved)).toEqual(await valuesOf(adapted.model, isSaved));
    disposeModule(loaded.model);
    disposeAdapter(adapted);
    disposeModule(classifier.model);
  });

  it('refuses a base that lacks what the adapter does not bring', async () => {
    const base = await savedModel(tinyBert('masked-language-modeling'));
    const classifier = tinyBert('sequence-classification');
    const folder = await savedAdapter(classifier, { baseModel: 'owner/tiny' });
    await changeJson(join(folder, 'adapter_config.json'), { task_type: 'SEQ_CLS' });
    await expect(loadAdapted(FAMILIES, base, folder).catch(withoutPath(folder))).resolves.toMatchInlineSnapshot(
      `"CHECKPOINT_MISMATCH: FOLDER: model.pooler.dense.weight must be in the adapter or in its base, owner/tiny; it is in neither. Put the adapter on the model that it was made for, with its head."`,
    );
    disposeModule(classifier.model);
  });
});

function tinyBert(task: 'masked-language-modeling' | 'sequence-classification', numLabels = 2): PretrainedParts {
  const config = { ...tinyBertConfig, numLabels };
  return { family: anyFamily(bertFamily), config, task, model: bertFamily.create(config, task, randomParameters(key)) };
}

function adapterOn(
  { family, config, task, model }: PretrainedParts,
  settings: AdapterConfig = loraConfig({ rank: 2 }),
): AdaptedModel {
  return createAdapter(model, family.checkpointNames(config, task), { config: settings, key });
}

async function savedModel(parts: PretrainedParts): Promise<string> {
  const folder = await temporaryFolder();
  await savePretrained(folder, parts);
  disposeModule(parts.model);
  return folder;
}

async function savedAdapter(base: PretrainedParts, options: SaveAdapterOptions = {}): Promise<string> {
  const folder = await temporaryFolder();
  const adapted = adapterOn(base);
  await savePretrainedAdapter(folder, adapted, options);
  disposeAdapter(adapted);
  return folder;
}

function withoutPath(folder: string) {
  return (error: Error): string => error.message.replaceAll(folder, 'FOLDER');
}

async function changeJson(file: string, change: Record<string, unknown>): Promise<void> {
  const json = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...json, ...change }));
}

async function valuesOf(model: Module, filter?: ParameterFilter): Promise<Record<string, HostTensor>> {
  const entries = Object.entries(parametersOf(model, filter)).map(
    async ([path, tensor]) => [path, await toHostTensor(tensor)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
