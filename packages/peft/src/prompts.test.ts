import * as tf from '@tensorflow/tfjs';
import {
  createCache,
  disposeModule,
  parametersOf,
  RandomKey,
  randomParameters,
  toCheckpointTensors,
  type CausalOutputs,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { adapterFiles, createAdapter, disposeAdapter, loadAdapter, type AdaptedModel } from './adapted-model.ts';
import { toAdapterConfigJson, type AdapterConfig } from './adapter-config.ts';
import { TinyLanguageModel, tinyLanguageModelNames as names } from './fixtures/tiny-language-model.ts';
import { mergeAdapter } from './merge.ts';
import { pTuningConfig } from './p-tuning-config.ts';
import { prefixConfig } from './prefix-config.ts';
import { promptConfig } from './prompt-config.ts';
import { withVirtualOutputs } from './virtual-outputs.ts';

const key = RandomKey.fromSeed(2);
const base = new TinyLanguageModel(randomParameters(RandomKey.fromSeed(1)));
const shared = { numVirtualTokens: 2, taskType: 'CAUSAL_LM' };

const PROMPTS: Readonly<Record<string, AdapterConfig>> = {
  'A prompt': promptConfig(shared),
  'P-tuning by layers': pTuningConfig({ ...shared, encoderHiddenSize: 3 }),
  'P-tuning by an LSTM': pTuningConfig({ ...shared, encoder: 'lstm', encoderNumLayers: 1 }),
};
const PREFIXES: Readonly<Record<string, AdapterConfig>> = {
  'A prefix': prefixConfig({ ...shared, startsAtZero: false }),
  'A prefix by a projection': prefixConfig({ ...shared, hasProjection: true, startsAtZero: false }),
};

describe.each(Object.entries({ ...PROMPTS, ...PREFIXES }))('%s', (_, config) => {
  leaksNoTensors();

  it('is saved as a table, and kept as it was trained', async () => {
    const adapted = createAdapter(base, names, { config, key });
    const files = await adapterFiles(adapted);
    expect([...files.tensors.keys()]).toEqual(['prompt_embeddings']);
    const folded = loadAdapter(base, names, files);
    expectSame(folded, adapted);

    const kept = await toCheckpointTensors(parametersOf(adapted.model, adapted.trainable), adapted.names);
    const resumed = loadAdapter(base, names, { config: files.config, tensors: kept });
    expectSame(resumed, adapted);
    expect(Object.keys(parametersOf(resumed.model))).toEqual(Object.keys(parametersOf(adapted.model)));
    [adapted, folded, resumed].forEach(disposeAdapter);
  });

  it('reads a text with a cache as at once', () => {
    tf.tidy(() => {
      const { model } = createAdapter(base, names, { config, key });
      const whole = model.forward({ inputIds: ids([3, 1, 4, 1]) });
      expect(whole.logits).toHaveShape([1, 4, 7]);
      const { keyValues } = model.forward({ inputIds: ids([3, 1]) });
      const numSlots = keyValues[0]?.key.shape[2] ?? 0;
      const rest = model.forward({
        inputIds: ids([4, 1]),
        positionIds: ids([2, 3]),
        attentionMask: ids([...Array.from({ length: numSlots }, () => 1), 0, 1, 1]),
        cache: createCache(keyValues, numSlots + 1),
      });
      expect(rest.logits).toBeAllClose(tf.slice(whole.logits, [0, 2, 0], [1, 2, 7]), { absolute: 1e-5 });
    });
  });

  it('changes what the model computes, and leaves fewer positions', () => {
    tf.tidy(() => {
      const { model } = createAdapter(base, names, { config, key });
      const inputIds = ids([3, 1, 4]);
      expect(model.forward({ inputIds }).logits).not.toBeAllClose(base.forward({ inputIds }).logits, {
        absolute: 1e-2,
      });
      expect(model.cacheShape).toEqual({ ...base.cacheShape, maxPositions: 6 });
      expect(() => mergeAdapter(model)).toThrow('cannot be merged: they are tokens, not weights');
    });
  });
});

describe.each(Object.entries(PROMPTS))('%s', (_, config) => {
  leaksNoTensors();

  it('scores the virtual tokens, too, for who asks', () => {
    tf.tidy(() => {
      const { model } = createAdapter(base, names, { config, key });
      const outputs = model.forward({ inputIds: ids([3, 1, 4]) });
      const all = withVirtualOutputs({ ...outputs }) as unknown as CausalOutputs;
      expect(all.logits).toHaveShape([1, 5, 7]);
      expect(all.hiddenStates.map(({ shape }) => shape)).toEqual([1, 2, 3].map(() => [1, 5, 4]));
      expect(tf.slice(all.logits, [0, 2, 0], [-1, -1, -1])).toBeAllClose(outputs.logits, {});
      expect(withVirtualOutputs({ logits: outputs.logits })).toEqual({ logits: outputs.logits });
    });
  });
});

describe('createAdapter with a prompt', () => {
  leaksNoTensors();

  const rowsOf = (config: AdapterConfig): number[][] =>
    tf.tidy(() => {
      const { model } = createAdapter(base, names, { config, key });
      return (parametersOf(model)['prompt.table'] as tf.Tensor2D).arraySync();
    });
  const vocabulary = base.model.tokenEmbedding.weight.arraySync() as number[][];

  it('begins as random tokens of the vocabulary', () => {
    const rows = rowsOf(promptConfig({ numVirtualTokens: 5 }));
    for (const row of rows) expect(vocabulary).toContainEqual(row);
    expect(new Set(rows.map(String)).size).toBeGreaterThan(1);
  });

  it('begins as the tokens of a text, repeated or cut off', () => {
    const text = { text: 'to be', tokenizer: 'gpt2', ids: [5, 0, 2] };
    const config = promptConfig({ numVirtualTokens: 4, initialization: text });
    expect(rowsOf(config)).toEqual([5, 0, 2, 5].map((id) => vocabulary[id]));
    expect(rowsOf(promptConfig({ numVirtualTokens: 2, initialization: text }))).toEqual([vocabulary[5], vocabulary[0]]);
    expect(toAdapterConfigJson(config)).toMatchObject({
      prompt_tuning_init: 'TEXT',
      prompt_tuning_init_text: 'to be',
      tokenizer_name_or_path: 'gpt2',
    });
    expect(() => rowsOf(promptConfig({ initialization: { ...text, ids: [] } }))).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: AdapterConfig: a prompt that begins as a text must be given the ids of its tokens, got none. Encode the text with the tokenizer of the model.]`,
    );
  });

  it('begins at random, and twice as many rows are kept for encoder-decoders', () => {
    const rows = rowsOf(promptConfig({ numVirtualTokens: 2, initialization: 'random', taskType: 'SEQ_2_SEQ_LM' }));
    expect(rows).toHaveLength(4);
    expect(vocabulary).not.toContainEqual(rows[0]);
  });

  it('writes what Hugging Face PEFT must know of the model', () => {
    const { config, model } = createAdapter(base, names, { config: pTuningConfig(shared), key });
    expect(toAdapterConfigJson(config)).toMatchInlineSnapshot(`
      {
        "encoder_dropout": 0,
        "encoder_hidden_size": 4,
        "encoder_num_layers": 2,
        "encoder_reparameterization_type": "MLP",
        "inference_mode": true,
        "num_attention_heads": 2,
        "num_layers": 2,
        "num_transformer_submodules": 1,
        "num_virtual_tokens": 2,
        "peft_type": "P_TUNING",
        "task_type": "CAUSAL_LM",
        "token_dim": 4,
      }
    `);
    tf.dispose(parametersOf(model, (path) => path.startsWith('prompt.')));
  });
});

describe('A model with a prompt', () => {
  leaksNoTensors();

  it('refuses what cannot stand behind virtual tokens', () => {
    tf.tidy(() => {
      const { model } = createAdapter(base, names, { config: promptConfig(shared), key });
      const forward = model.forward.bind(model) as (inputs: object) => unknown;
      expect(() => forward({ inputIds: ids([1]), state: ids([1]) })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: A model with virtual tokens must be given tensors named inputIds, attentionMask, tokenTypeIds, positionIds, blockPositionIds, targetIds, predictionPositions, mcTokenIds, sep, got state. Leave it out, or train with LoRA.]`,
      );
      expect(() => forward({ inputIds: ids([1]), cache: [] })).toThrowErrorMatchingInlineSnapshot(
        `[ShapeError: SHAPE_MISMATCH: A model with virtual tokens must be given positionIds with a cache. Count the tokens of the text only.]`,
      );
    });
  });

  it('refuses a prompt of another width or length', async () => {
    const adapted = createAdapter(base, names, { config: promptConfig(shared), key });
    const { config, tensors } = await adapterFiles(adapted);
    disposeAdapter(adapted);
    const load = (changed: object): void => {
      loadAdapter(base, names, { config: { ...config, ...changed }, tensors, file: 'adapter_model.safetensors' });
    };
    expect(() => {
      load({ num_virtual_tokens: 3 });
    }).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: adapter_model.safetensors: prompt.table must have shape [3, 4]; the checkpoint's prompt_embeddings must be [3, 4] of F32, F16 or BF16, got [2, 4] of F32. The configuration and the weights do not belong together; take both from the same folder.]`,
    );
    expect(() => {
      load({ num_transformer_submodules: 0.5 });
    }).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_transformer_submodules": AdapterConfig: num_transformer_submodules must be an integer of at least 1, got 0.5. Correct the configuration.]`,
    );
    expect(() => {
      load({ peft_type: 'PREFIX_TUNING' });
    }).toThrowErrorMatchingInlineSnapshot(
      `[CheckpointError: CHECKPOINT_MISMATCH: adapter_model.safetensors: model.layers.0.attention.prefix.table must have shape [2, 16]; the checkpoint's prompt_embeddings must be [2, 16] of F32, F16 or BF16, got [2, 4] of F32. The configuration and the weights do not belong together; take both from the same folder.]`,
    );
  });
});

afterAll(() => {
  disposeModule(base);
});

function ids(values: readonly number[]): tf.Tensor {
  return tf.tensor2d([[...values]], [1, values.length], 'int32');
}

function expectSame(left: AdaptedModel<TinyLanguageModel>, right: AdaptedModel<TinyLanguageModel>): void {
  tf.tidy(() => {
    const [a, b] = [left, right].map(({ model }) => model.forward({ inputIds: ids([1, 2]) }).logits.dataSync());
    expect(Array.from(a ?? [])).toBeAllClose(Array.from(b ?? []), { absolute: 1e-5 });
  });
}
