import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  disposeModule,
  labelNames,
  parametersOf,
  randomParameters,
  RandomKey,
  toHostTensor,
  type HostTensor,
  type Module,
} from '@cloze/core';
import { gptFamily, type GptConfig } from '@cloze/gpt';
import { leaksNoTensors } from '@cloze/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { FAMILIES, tinyGpt } from './fixtures/tiny-gpt.ts';
import { anyFamily } from './auto.ts';
import { checkPretrained } from './check-pretrained.ts';
import { loadPretrained } from './load-pretrained.ts';
import { savePretrained } from './save-pretrained.ts';

leaksNoTensors();

async function valuesOf(model: Module): Promise<Record<string, HostTensor>> {
  const entries = Object.entries(parametersOf(model)).map(
    async ([path, tensor]) => [path, await toHostTensor(tensor)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** A saved model, and what must stand in its place when the test ends. */
async function savedModel(options?: { maxShardBytes: number }): Promise<string> {
  const folder = await temporaryFolder();
  const parts = tinyGpt();
  await savePretrained(folder, parts, options);
  disposeModule(parts.model);
  return folder;
}

/** The message of what loading the folder throws. */
async function failure(folder: string, options = {}): Promise<{ message: string; code: unknown; exitCode: unknown }> {
  try {
    disposeModule((await loadPretrained(FAMILIES, folder, options)).model);
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'exitCode' in error) {
      return { message: error.message.replaceAll(folder, 'FOLDER'), code: error.code, exitCode: error.exitCode };
    }
    throw error;
  }
  throw new Error('loading did not fail');
}

async function changeJson(file: string, change: (json: Record<string, unknown>) => void): Promise<void> {
  const json = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  change(json);
  await writeFile(file, JSON.stringify(json));
}

describe('savePretrained and loadPretrained', () => {
  it('keep the names of labels', async () => {
    const folder = await temporaryFolder();
    const parts = tinyGpt();
    await savePretrained(folder, { ...parts, labels: ['bad', 'good'] });
    disposeModule(parts.model);
    const { configJson, model } = await loadPretrained(FAMILIES, folder);
    disposeModule(model);
    expect(labelNames(configJson)).toEqual(['bad', 'good']);
  });

  it('give the same model, configuration and tokenizer back', async () => {
    const folder = await temporaryFolder();
    const parts = tinyGpt();
    await savePretrained(folder, { ...parts, generation: { eosTokenIds: [3], padTokenId: 0 } });
    const loaded = await loadPretrained(FAMILIES, folder);
    expect(await readdir(folder)).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
    expect(loaded.config).toEqual(parts.config);
    expect(loaded.task).toBe('causal-language-modeling');
    expect(await valuesOf(loaded.model)).toEqual(await valuesOf(parts.model));
    expect(loaded.tokenizer?.encode('to be').ids).toEqual(parts.tokenizer.encode('to be').ids);
    expect(loaded.generation).toEqual({ eosTokenIds: [3], padTokenId: 0 });
    expect(loaded.newParameters).toEqual([]);
    disposeModule(parts.model);
    disposeModule(loaded.model);
  });

  it('split large weights into shards with an index', async () => {
    const folder = await savedModel({ maxShardBytes: 3000 });
    const names = (await readdir(folder)).filter((name) => name.startsWith('model'));
    expect(names.at(0)).toMatch(/^model-00001-of-0000\d\.safetensors$/);
    expect(names.at(-1)).toBe('model.safetensors.index.json');
    const parts = tinyGpt();
    const loaded = await loadPretrained(FAMILIES, folder);
    expect(await valuesOf(loaded.model)).toEqual(await valuesOf(parts.model));
    disposeModule(parts.model);
    disposeModule(loaded.model);
  });

  it('leave no older weights behind, whichever form they had', async () => {
    const folder = await savedModel();
    for (const maxShardBytes of [3000, 2000, 1e9]) {
      const parts = tinyGpt(maxShardBytes);
      await savePretrained(folder, parts, { maxShardBytes });
      const loaded = await loadPretrained(FAMILIES, folder);
      expect(await valuesOf(loaded.model)).toEqual(await valuesOf(parts.model));
      disposeModule(parts.model);
      disposeModule(loaded.model);
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('model'))).toEqual(['model.safetensors']);
  });

  it('write the same bytes for the same model', async () => {
    const [a, b] = [await savedModel(), await savedModel()];
    const file = 'model.safetensors';
    expect((await readFile(join(a, file))).equals(await readFile(join(b, file)))).toBe(true);
  });

  it('refuse to save weights that are not finite', async () => {
    const parts = tinyGpt();
    const [[path, tensor] = ['', tf.scalar(0)]] = Object.entries(parametersOf(parts.model));
    expect(path).not.toBe('');
    const broken = {
      forward: () => undefined,
      model: {
        forward: () => undefined,
        tokenEmbedding: { forward: () => undefined, weight: tf.fill(tensor.shape, NaN) },
      },
    };
    await expect(savePretrained(await temporaryFolder(), { ...parts, model: broken })).rejects.toThrow(
      'CHECKPOINT_CORRUPT: The parameter transformer.wte.weight must be finite to be saved; it holds NaN or infinity. Go back to the last checkpoint and lower the learning rate.',
    );
    disposeModule(broken);
    disposeModule(parts.model);
  });
});

describe('loadPretrained', () => {
  it('takes missing parameters from a source that was given, and names them', async () => {
    const folder = await savedModel();
    const loaded = await loadPretrained(FAMILIES, folder, {
      task: 'sequence-classification',
      missing: randomParameters(RandomKey.fromSeed(2)),
    });
    expect(loaded.newParameters).toEqual(['score.weight']);
    disposeModule(loaded.model);
  });

  it('lets the weights settle what config.json leaves open', async () => {
    const folder = await savedModel();
    const settled = [
      anyFamily({
        ...gptFamily,
        settleConfig: (config: GptConfig, names) => ({ ...config, numLabels: [...names].length }),
      }),
    ];
    const { config, model } = await loadPretrained(settled, folder);
    expect(config).toMatchObject({ numLabels: Object.keys(parametersOf(model)).length });
    expect((await checkPretrained(settled, folder)).config).toEqual(config);
    disposeModule(model);
  });

  it('names both sides of a missing tensor', async () => {
    const { message, exitCode } = await failure(await savedModel(), { task: 'sequence-classification' });
    expect(message).toMatchInlineSnapshot(
      `"CHECKPOINT_MISMATCH: FOLDER: score.weight must have shape [8, 2]; the checkpoint has no score.weight. Load a checkpoint of this family and task, or say where missing parameters come from."`,
    );
    expect(exitCode).toBe(6);
  });

  it('refuses folders that are no models', async () => {
    const folder = await temporaryFolder();
    expect((await failure(join(folder, 'none'))).message).toMatchInlineSnapshot(
      `"DATA_INVALID: FOLDER: The model folder must exist, found none. Check the path."`,
    );
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER: A model folder must hold config.json, found none. Name the folder of a model."`,
    );
    const config = { model_type: 'gpt2', n_embd: 8, n_head: 2, n_layer: 1, n_positions: 4, vocab_size: 5 };
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER: A model folder must hold model.safetensors or model.safetensors.index.json, found neither. Name a folder with a whole model."`,
    );
    await writeFile(join(folder, 'pytorch_model.bin'), '');
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"UNSUPPORTED_FORMAT: FOLDER: Weights must be safetensors, got pytorch_model.bin, which can run code when it is opened. Convert it in Python: AutoModel.from_pretrained(folder).save_pretrained(other_folder)."`,
    );
    await writeFile(join(folder, 'config.json'), '[]');
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER/config.json: config.json must be an object. The file is damaged; take it from the same place as the weights."`,
    );
    await writeFile(join(folder, 'config.json'), '{"model_type"');
    expect(await failure(folder)).toMatchInlineSnapshot(`
      {
        "code": "CHECKPOINT_CORRUPT",
        "exitCode": 6,
        "message": "CHECKPOINT_CORRUPT: FOLDER/config.json @ byte 13 line 1, column 14: A key must be followed by a colon. The file is damaged or was written by a faulty program; write it again.",
      }
    `);
    await writeFile(join(folder, 'config.json'), '{"model_type":"llama"}');
    expect(await failure(folder)).toMatchInlineSnapshot(`
      {
        "code": "UNSUPPORTED_FORMAT",
        "exitCode": 3,
        "message": "UNSUPPORTED_FORMAT: FOLDER/config.json at "/model_type": model_type must be one of gpt2, openai-gpt, got "llama". Use a model of one of these kinds.",
      }
    `);
    await writeFile(join(folder, 'config.json'), '{"model_type":"gpt2","architectures":["GPT2ForElse"]}');
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"UNSUPPORTED_FORMAT: FOLDER/config.json at "/architectures/0": architectures must name one of GPT2Model, OpenAIGPTModel, GPT2LMHeadModel, OpenAIGPTLMHeadModel, GPT2DoubleHeadsModel, OpenAIGPTDoubleHeadsModel, GPT2ForSequenceClassification, OpenAIGPTForSequenceClassification, GPT2ForTokenClassification, GPT2ForQuestionAnswering, got "GPT2ForElse". Name the task yourself if the weights fit it."`,
    );
  });

  it('refuses a configuration that does not fit the weights', async () => {
    const folder = await savedModel();
    await changeJson(join(folder, 'config.json'), (json) => (json.n_embd = 16));
    expect(await failure(folder)).toMatchInlineSnapshot(`
      {
        "code": "CHECKPOINT_MISMATCH",
        "exitCode": 6,
        "message": "CHECKPOINT_MISMATCH: FOLDER: model.tokenEmbedding.weight must have shape [11, 16]; the checkpoint's transformer.wte.weight must be [11, 16] of F32, F16 or BF16, got [11, 8] of F32. The configuration and the weights do not belong together; take both from the same folder.",
      }
    `);
    await changeJson(join(folder, 'config.json'), (json) => (json.n_embd = 'wide'));
    expect(await failure(folder)).toMatchInlineSnapshot(`
      {
        "code": "CHECKPOINT_MISMATCH",
        "exitCode": 6,
        "message": "CHECKPOINT_MISMATCH: FOLDER/config.json at "/n_embd": GptConfig: n_embd must be an integer of at least 1, got "wide". Correct the configuration.",
      }
    `);
    await changeJson(join(folder, 'config.json'), (json) => {
      json.n_embd = 8;
      json.n_layer = 1;
    });
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"CHECKPOINT_MISMATCH: FOLDER: The checkpoint holds 12 tensors that the model does not have: transformer.h.1.attn.c_attn.bias, transformer.h.1.attn.c_attn.weight, transformer.h.1.attn.c_proj.bias, .... Load it with the family and task that it was made for, or name the tensors that may be left out."`,
    );
  });

  it('notices damaged weights', async () => {
    const folder = await savedModel();
    const file = join(folder, 'model.safetensors');
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 1));
    expect(await failure(folder)).toMatchInlineSnapshot(`
      {
        "code": "CHECKPOINT_CORRUPT",
        "exitCode": 6,
        "message": "CHECKPOINT_CORRUPT: FOLDER/model.safetensors @ byte 8: tensor "transformer.wte.weight": data_offsets must lie in [0, 5599] in order, got [5248, 5600]. The file is damaged or hostile; download or write it again.",
      }
    `);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const flipped = await failure(folder);
    expect(flipped.message).toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER/model.safetensors: The weights must have the sha256 that was saved with them; they do not. The file is damaged; take a copy or save it again."`,
    );
    expect(flipped.exitCode).toBe(6);
  });

  it('notices shards that are missing or are not those of the index', async () => {
    const folder = await savedModel({ maxShardBytes: 3000 });
    const index = join(folder, 'model.safetensors.index.json');
    const original = await readFile(index, 'utf8');
    const change = (from: RegExp, to: string): Promise<void> => writeFile(index, original.replace(from, to));
    await change(/model-00001-of/g, 'model-00009-of');
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER/model.safetensors.index.json: The index names the shard model-00009-of-00003.safetensors, which is not there. Copy or download all shards."`,
    );
    await change(/"model-00001-of-[^"]*"/, '"../weights.safetensors"');
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER/model.safetensors.index.json: A file name must be plain (letters, digits, dots, dashes), got "../weights.safetensors". The folder is damaged or hostile; download it again."`,
    );
    await change(/"model-00001-of-[^"]*"/, '"model-00002-of-00003.safetensors"');
    expect((await failure(folder)).code).toBe('CHECKPOINT_CORRUPT');
    await change(/"model-00001-of-[^"]*"/, '7');
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER/model.safetensors.index.json: The file of transformer.wte.weight must be a .safetensors file, got 7. The file is damaged or hostile; download it again."`,
    );
    await writeFile(index, '{"weight_map":[]}');
    expect((await failure(folder)).message).toMatchInlineSnapshot(
      `"CHECKPOINT_CORRUPT: FOLDER/model.safetensors.index.json at "/weight_map": An index must hold an object weight_map. The file is damaged; download it again."`,
    );
  });
});

describe('checkPretrained', () => {
  it('sums up a sound folder', async () => {
    const folder = await savedModel({ maxShardBytes: 3000 });
    const { task, numParameters, vocabSize, weights } = await checkPretrained(FAMILIES, folder);
    const parts = tinyGpt();
    const sizes = Object.values(parametersOf(parts.model)).map(({ size }) => size);
    expect({ task, numParameters, vocabSize }).toEqual({
      task: 'causal-language-modeling',
      numParameters: sizes.reduce((sum, size) => sum + size, 0),
      vocabSize: parts.tokenizer.vocabSize,
    });
    expect(weights.entries.size).toBe(sizes.length);
    disposeModule(parts.model);
  });

  it('finds what loading would find', async () => {
    const folder = await savedModel();
    await changeJson(join(folder, 'config.json'), (json) => (json.n_layer = 3));
    await expect(checkPretrained(FAMILIES, folder)).rejects.toThrow(
      "model.layers.2.attention.queryKeyValue.weight must have shape [8, 24]; the checkpoint's transformer.h.2.attn.c_attn.weight must be [8, 24], it is missing.",
    );
    await changeJson(join(folder, 'config.json'), (json) => (json.n_layer = 1));
    await expect(checkPretrained(FAMILIES, folder)).rejects.toThrow('The checkpoint holds transformer.h.1.');
    await changeJson(join(folder, 'config.json'), (json) => {
      json.n_layer = 2;
      json.vocab_size = 2 ** 40;
    });
    await expect(checkPretrained(FAMILIES, folder)).rejects.toMatchObject({ exitCode: 6 });
    await changeJson(join(folder, 'config.json'), (json) => (json.vocab_size = 11));
    const file = join(folder, 'model.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    await checkPretrained(FAMILIES, folder, { readsData: false });
    await expect(checkPretrained(FAMILIES, folder)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
  });
});
