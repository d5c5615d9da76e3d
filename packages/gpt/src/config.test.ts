import { describe, expect, it } from 'vitest';
import { parseGptConfig, toGptConfigJson } from './config.ts';
import { gpt1, gpt2Small, gptNano } from './presets.ts';

const minimal = { model_type: 'gpt2', vocab_size: 50257, n_positions: 1024, n_embd: 768, n_layer: 12, n_head: 12 };

describe('parseGptConfig', () => {
  it('fills in the defaults of Hugging Face transformers', () => {
    expect(parseGptConfig({ ...minimal, bos_token_id: 50256, eos_token_id: 50256, n_inner: null })).toEqual(gpt2Small);
  });

  it('reads gelu as the tanh approximation in GPT-1 only', () => {
    expect(parseGptConfig({ ...minimal, model_type: 'openai-gpt', afn: 'gelu' }).activation).toBe('geluTanh');
    expect(parseGptConfig({ ...minimal, activation_function: 'gelu' }).activation).toBe('gelu');
  });

  it.each([
    gptNano,
    gpt2Small,
    { ...gpt1, numLabels: 3, padTokenId: 5 },
    { ...gpt1, classifierPooling: 'mean' as const },
    { ...gpt2Small, activation: 'gelu' as const, summaryActivation: 'tanh' as const, classifierDropout: 0.2 },
  ])('reads back what is written (%#)', (config) => {
    const json: unknown = JSON.parse(JSON.stringify(toGptConfigJson(config, ['X'])));
    expect(parseGptConfig(json)).toEqual(config);
  });

  it('names the field that is wrong', () => {
    const parse = (changes: object) => (): unknown => parseGptConfig({ ...minimal, ...changes });
    expect(parse({ model_type: 'llama' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/model_type": GptConfig: model_type must be one of gpt2, openai-gpt, got "llama". Correct the configuration.]`,
    );
    expect(parse({ n_head: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/n_head": GptConfig: n_head must be a divisor of n_embd (768), got 5. Correct the configuration.]`,
    );
    expect(parse({ vocab_size: 2 ** 60 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/vocab_size": GptConfig: vocab_size must be an integer of at least 1, got 1152921504606847000. Correct the configuration.]`,
    );
    expect(parse({ n_layer: 2 ** 40 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/n_layer": GptConfig: n_layer must be an integer of at least 1 and at most 1024, got 1099511627776. Correct the configuration.]`,
    );
    expect(parse({ n_layer: undefined })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/n_layer": GptConfig: n_layer must be an integer of at least 1 and at most 1024, got nothing. Correct the configuration.]`,
    );
    expect(parse({ activation_function: 'mish' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/activation_function": GptConfig: activation_function must be one of gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish, tanh, got "mish". Correct the configuration.]`,
    );
    expect(parse({ attn_pdrop: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/attn_pdrop": GptConfig: attn_pdrop must be a number in [0, 1), got 1. Correct the configuration.]`,
    );
    expect(parse({ add_cross_attention: true })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/add_cross_attention": GptConfig: add_cross_attention must be false, got true. Correct the configuration.]`,
    );
    expect(parse({ tie_word_embeddings: false })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/tie_word_embeddings": GptConfig: tie_word_embeddings must be true, got false. Correct the configuration.]`,
    );
    expect(parse({ summary_type: 'mean' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/summary_type": GptConfig: summary_type must be one of cls_index, got "mean". Correct the configuration.]`,
    );
    expect(parse({ summary_use_proj: false })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/summary_use_proj": GptConfig: summary_use_proj must be true, got false. Correct the configuration.]`,
    );
    expect(() => parseGptConfig('gpt2')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: GptConfig must be a JSON object. Pass the content of a config.json.]`,
    );
  });
});
