import * as tf from '@tensorflow/tfjs';
import {
  disposeModule,
  parametersOf,
  RandomKey,
  randomParameters,
  withParameters,
  type HostTensor,
  type ParameterMap,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { afterAll, describe, expect, it } from 'vitest';
import {
  adapterFiles,
  countParameters,
  createAdapter,
  disposeAdapter,
  loadAdapter,
  type AdaptedModel,
} from './adapted-model.ts';
import type { AdapterConfig } from './adapter-config.ts';
import { houlsbyConfig, pfeifferConfig } from './bottleneck-config.ts';
import { TinyModel, tinyNames } from './fixtures/tiny-model.ts';
import { ia3Config } from './ia3-config.ts';
import { loraConfig } from './lora-config.ts';
import { mergeAdapter } from './merge.ts';
import { prefixConfig } from './prefix-config.ts';
import { promptConfig } from './prompt-config.ts';
import { bitFitConfig, headOnlyConfig } from './selection-config.ts';

const key = RandomKey.fromSeed(2);
const base = new TinyModel(randomParameters(RandomKey.fromSeed(1)));
const taskType = 'SEQ_CLS';

const METHODS: Readonly<Record<string, AdapterConfig>> = {
  LoRA: loraConfig({ rank: 2, taskType }),
  'LoRA on all linear layers, with biases': loraConfig({
    rank: 1,
    targetModules: 'all-linear',
    biases: 'all',
    taskType,
  }),
  'LoRA on embeddings': loraConfig({ rank: 1, targetModules: ['tokens'], taskType }),
  DoRA: loraConfig({ rank: 1, isWeightDecomposed: true, taskType }),
  IA3: ia3Config({ targetModules: ['query', 'output.dense'], taskType }),
  Houlsby: houlsbyConfig({ targetModules: ['query', 'output.dense'], reductionFactor: 2, taskType }),
  Pfeiffer: pfeifferConfig({ reductionFactor: 2, taskType }),
  BitFit: bitFitConfig({ taskType }),
  'head only': headOnlyConfig({ taskType }),
};

describe.each(Object.entries(METHODS))('%s', (_, config) => {
  leaksNoTensors();

  it('starts as its base, and is saved and loaded', async () => {
    const adapted = createAdapter(base, tinyNames, { config, key });
    expectSame(adapted.model, base);
    const trained = perturbed(adapted);
    expectSame(trained.model, base, false);
    const files = await adapterFiles(trained);
    const loaded = loadAdapter(base, tinyNames, files);
    expectSame(loaded.model, trained.model);
    expect((await adapterFiles(loaded)).config).toEqual(files.config);
    [adapted, trained, loaded].forEach(disposeAdapter);
  });
});

describe('createAdapter', () => {
  leaksNoTensors();

  it('names what is trained as Hugging Face PEFT does, and counts it', async () => {
    const config = loraConfig({ rank: 2, taskType, biases: 'all' });
    const adapted = createAdapter(base, tinyNames, { config, key });
    const { tensors, config: json } = await adapterFiles(adapted);
    expect([...tensors].map(([name, { shape }]) => `${name} [${shape.join(', ')}]`)).toMatchInlineSnapshot(`
      [
        "base_model.model.tiny.h.0.attn.query.base_layer.bias [4]",
        "base_model.model.tiny.h.0.attn.query.lora_A.weight [2, 4]",
        "base_model.model.tiny.h.0.attn.query.lora_B.weight [4, 2]",
        "base_model.model.tiny.h.0.output.dense.bias [4]",
        "base_model.model.tiny.h.1.attn.query.base_layer.bias [4]",
        "base_model.model.tiny.h.1.attn.query.lora_A.weight [2, 4]",
        "base_model.model.tiny.h.1.attn.query.lora_B.weight [4, 2]",
        "base_model.model.tiny.h.1.output.dense.bias [4]",
        "base_model.model.classifier.weight [2, 4]",
        "base_model.model.classifier.bias [2]",
      ]
    `);
    expect(json).toMatchInlineSnapshot(`
      {
        "alpha_pattern": {},
        "bias": "all",
        "fan_in_fan_out": false,
        "inference_mode": true,
        "lora_alpha": 8,
        "lora_dropout": 0,
        "modules_to_save": [
          "classifier",
        ],
        "peft_type": "LORA",
        "r": 2,
        "rank_pattern": {},
        "target_modules": [
          "query",
        ],
        "task_type": "SEQ_CLS",
        "use_dora": false,
        "use_rslora": false,
      }
    `);
    expect([...adapted.replaced].filter((path) => !path.endsWith('.bias'))).toEqual(['head.weight']);
    expect(countParameters(adapted.model, adapted.trainable)).toMatchInlineSnapshot(`
      {
        "numParameters": 142,
        "numTrainable": 58,
      }
    `);
    disposeAdapter(adapted);
  });

  it('follows the patterns for single layers', () => {
    const config = loraConfig({
      rank: 1,
      targetModules: 'all-linear',
      rankPattern: { 'output\\.dense': 3 },
      layersToTransform: [],
      excludeModules: '.*\\.0\\..*',
    });
    const adapted = createAdapter(base, tinyNames, { config, key });
    const shapes = Object.entries(parametersOf(adapted.model, adapted.trainable)).map(([path, { shape }]) => [
      path,
      shape,
    ]);
    expect(Object.fromEntries(shapes)).toEqual({
      'model.layers.1.query.loraA': [4, 1],
      'model.layers.1.query.loraB': [1, 4],
      'model.layers.1.down.loraA': [4, 3],
      'model.layers.1.down.loraB': [3, 4],
    });
    disposeAdapter(adapted);
  });

  it('saves only those of the default names that the model has', async () => {
    const adapted = createAdapter(base, tinyNames, { config: ia3Config(), key });
    const { config } = await adapterFiles(adapted);
    expect(config).toMatchObject({ target_modules: ['output.dense'], feedforward_modules: ['output.dense'] });
    disposeAdapter(adapted);
  });

  it('says which layers a model has when none is a target', () => {
    const wrong = { config: loraConfig({ targetModules: ['c_attn'] }), key };
    expect(() => createAdapter(base, tinyNames, wrong)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: AdapterConfig: the model must have one of the layers ["c_attn"]; it has layers named tokens, query, dense, classifier. Use the adapter with the model that it was made for, or name layers of this model.]`,
    );
    const noTask = { config: headOnlyConfig({}), key };
    expect(() => createAdapter(base, tinyNames, noTask)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: AdapterConfig: the model must have a head of its own, to train it alone; it has none. Train with LoRA, or name parts of the model in modulesToSave.]`,
    );
    const noHead = { config: headOnlyConfig({ modulesToSave: ['score'] }), key };
    expect(() => createAdapter(base, tinyNames, noHead)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: AdapterConfig: the model must have one of the layers ["score"]; it has layers named tokens, query, dense, classifier. Use the adapter with the model that it was made for, or name layers of this model.]`,
    );
  });

  it('refuses a prefix where there is no attention of core', () => {
    expect(() => createAdapter(base, tinyNames, { config: prefixConfig(), key })).toThrow(
      'prefix tuning needs a model with the attention of @cloze/core',
    );
  });

  it('refuses DoRA on an embedding', () => {
    const config = loraConfig({ isWeightDecomposed: true, targetModules: ['tokens'] });
    expect(() => createAdapter(base, tinyNames, { config, key })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: DoRA must change linear layers only; tiny.tokens is an embedding. Leave it out of the targets, or use LoRA.]`,
    );
  });
});

describe('several adapters', () => {
  leaksNoTensors();

  it('stand on one base at once, which stays as it was', async () => {
    const before = await weightsOf(base);
    const configs = [METHODS['LoRA'], METHODS['IA3'], promptConfig({ numVirtualTokens: 2, taskType })];
    const [lora, ia3, prompt] = configs.map((config) => {
      const fresh = createAdapter(base, tinyNames, { config: config ?? loraConfig(), key });
      const trained = perturbed(fresh);
      disposeAdapter(fresh);
      return trained;
    });
    if (lora === undefined || ia3 === undefined || prompt === undefined) throw new Error('There are three adapters.');
    expectSame(lora.model, ia3.model, false);
    expectSame(lora.model, base, false);
    // Frozen parameters are the base's own tensors: switching loads and copies nothing.
    expect(parametersOf(lora.model)['model.layers.0.query.base.weight']).toBe(
      parametersOf(base)['model.layers.0.query.weight'],
    );
    expectSame(prompt.model, base, false);
    expect(parametersOf(prompt.model)['base.model.layers.0.query.weight']).toBe(
      parametersOf(base)['model.layers.0.query.weight'],
    );
    [lora, prompt].forEach(disposeAdapter);
    const logits = tf.tidy(() => ia3.model.forward({ inputIds: ids() }).logits.dataSync());
    expect(logits).toHaveLength(4);
    disposeAdapter(ia3);
    expect(await weightsOf(base)).toEqual(before);
  });
});

describe('mergeAdapter', () => {
  leaksNoTensors();

  it('makes a model of its own with the paths of the base, and leaves the adapter as it was', () => {
    const fresh = createAdapter(base, tinyNames, { config: loraConfig({ rank: 2, taskType }), key });
    const trained = perturbed(fresh);
    const merged = mergeAdapter(trained.model);
    expect(Object.keys(parametersOf(merged))).toEqual(Object.keys(parametersOf(base)));
    expectSame(merged, trained.model);
    disposeModule(merged);
    expectSame(trained.model, base, false);
    [fresh, trained].forEach(disposeAdapter);
  });
});

describe('loadAdapter', () => {
  leaksNoTensors();

  it('refuses an adapter of another shape', async () => {
    const config = loraConfig({ rank: 2 });
    const adapted = createAdapter(base, tinyNames, { config, key });
    const files = await adapterFiles(adapted);
    disposeAdapter(adapted);
    const wrong = { ...files.config, r: 3 };
    const file = 'adapter_model.safetensors';
    const load = (config: typeof wrong, tensors: ReadonlyMap<string, HostTensor>): void => {
      // The tensors that were read before the error are freed with the scope.
      tf.tidy(() => {
        loadAdapter(base, tinyNames, { config, tensors, file });
      });
    };
    expect(() => {
      load(wrong, files.tensors);
    }).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: adapter_model.safetensors: model.layers.0.query.loraA must have shape [4, 3]; the checkpoint's base_model.model.tiny.h.0.attn.query.lora_A.weight must be [3, 4] of F32, F16 or BF16, got [2, 4] of F32. The configuration and the weights do not belong together; take both from the same folder.]`,
    );
    const fewer = new Map([...files.tensors].slice(1));
    expect(() => {
      load({ ...files.config, r: 2 }, fewer);
    }).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: adapter_model.safetensors: model.layers.0.query.loraA must have shape [4, 2]; the checkpoint has no base_model.model.tiny.h.0.attn.query.lora_A.weight. Load a checkpoint of this family and task, or say where missing parameters come from.]`,
    );
    const more = new Map([...files.tensors, ['base_model.model.other.lora_A.weight', zero()]]);
    expect(() => {
      load({ ...files.config, r: 2 }, more);
    }).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: adapter_model.safetensors: The checkpoint holds 1 tensors that the model does not have: base_model.model.other.lora_A.weight. Load it with the family and task that it was made for, or name the tensors that may be left out.]`,
    );
  });
});

afterAll(() => {
  disposeModule(base);
});

function zero(): HostTensor {
  return { dtype: 'F32', shape: [1], data: new Float32Array(1) };
}

function ids(): tf.Tensor {
  return tf.tensor2d(
    [
      [0, 1, 2],
      [4, 3, 3],
    ],
    [2, 3],
    'int32',
  );
}

function expectSame(left: TinyModel, right: TinyModel, isSame = true): void {
  const logits = (model: TinyModel): Float32Array =>
    Float32Array.from(tf.tidy(() => model.forward({ inputIds: ids() }).logits.dataSync()));
  const [a, b] = [logits(left), logits(right)];
  if (isSame) expect(a).toBeAllClose(b, { absolute: 1e-6 });
  else expect(a).not.toBeAllClose(b, { absolute: 1e-3 });
}

async function weightsOf(model: TinyModel): Promise<number[][]> {
  return Promise.all(Object.values(parametersOf(model)).map(async (tensor) => Array.from(await tensor.data())));
}

/** As if trained: every trained number is another. */
function perturbed(adapted: AdaptedModel<TinyModel>): AdaptedModel<TinyModel> {
  const trained = parametersOf(adapted.model, adapted.trainable);
  const values = Object.entries(trained).map(([path, tensor], index) => [
    path,
    tf.tidy(() => tf.add(tensor, tf.randomNormal(tensor.shape, 0, 0.5, 'float32', index + 1))),
  ]);
  return { ...adapted, model: withParameters(adapted.model, Object.fromEntries(values) as ParameterMap) };
}
