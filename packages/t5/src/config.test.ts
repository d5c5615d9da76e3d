import { describe, expect, it } from 'vitest';
import { parseT5Config, settleT5Config, toT5ConfigJson } from './config.ts';
import { t5Base, t5Mini, t5V11Base } from './presets.ts';

/** As `google-t5/t5-base` has it, without what is a default. */
const minimal = {
  model_type: 't5',
  vocab_size: 32128,
  d_model: 768,
  d_kv: 64,
  d_ff: 3072,
  num_layers: 12,
  num_heads: 12,
};

describe('parseT5Config', () => {
  it('fills in the defaults of Hugging Face transformers', () => {
    expect(parseT5Config(minimal)).toEqual(t5Base);
  });

  it('reads v1.1 as transformers 4 writes it', () => {
    const json = { ...minimal, d_ff: 2048, feed_forward_proj: 'gated-gelu', tie_word_embeddings: false };
    expect(parseT5Config(json)).toEqual(t5V11Base);
  });

  it('takes the scale of the output from its own key where there is one', () => {
    const scales = (changes: object): unknown => parseT5Config({ ...minimal, ...changes }).scalesOutput;
    expect(scales({ tie_word_embeddings: true, scale_decoder_outputs: false })).toBe(false);
    expect(scales({ tie_word_embeddings: false, scale_decoder_outputs: true })).toBe(true);
    expect(scales({ tie_word_embeddings: false })).toBe(false);
    expect(scales({ tie_word_embeddings: null })).toBe(true);
  });

  it('reads gelu as the tanh approximation beside a gate only', () => {
    expect(parseT5Config({ ...minimal, feed_forward_proj: 'gelu' })).toMatchObject({ activation: 'gelu' });
    expect(parseT5Config({ ...minimal, feed_forward_proj: 'gated-gelu' })).toMatchObject({ activation: 'geluTanh' });
  });

  it.each([
    t5Base,
    t5V11Base,
    t5Mini,
    { ...t5Base, isTied: false },
    { ...t5V11Base, isTied: true },
    { ...t5Base, activation: 'silu' as const, isGated: true, numDecoderLayers: 3 },
    { ...t5Base, numLabels: 3, classifierDropout: 0.2 },
    { ...t5Base, padTokenId: 5, eosTokenId: 6, decoderStartTokenId: 7, maxPositions: 64 },
  ])('reads back what is written (%#)', (config) => {
    const json: unknown = JSON.parse(JSON.stringify(toT5ConfigJson(config, ['T5ForConditionalGeneration'])));
    expect(parseT5Config(json)).toEqual(config);
  });

  it('writes no whole number where transformers 5 expects a fraction', () => {
    const json = toT5ConfigJson(t5Base, ['T5ForConditionalGeneration']);
    expect(json).not.toHaveProperty('initializer_factor');
    expect(toT5ConfigJson({ ...t5Base, initializerFactor: 0.5 }, [])).toMatchObject({ initializer_factor: 0.5 });
  });

  it('names the field that is wrong', () => {
    const parse = (changes: object) => (): unknown => parseT5Config({ ...minimal, ...changes });
    expect(parse({ d_kv: undefined })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/d_kv": T5Config: d_kv must be an integer of at least 1, got nothing. Correct the configuration.]`,
    );
    expect(parse({ num_layers: 2 ** 40 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_layers": T5Config: num_layers must be an integer of at least 1 and at most 1024, got 1099511627776. Correct the configuration.]`,
    );
    expect(parse({ feed_forward_proj: 'gated-mish' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/feed_forward_proj": T5Config: feed_forward_proj must be one of relu, gelu, gelu_new, silu, tanh, gated-relu, gated-gelu, gated-silu, gated-tanh, got "gated-mish". Correct the configuration.]`,
    );
    expect(parse({ relative_attention_num_buckets: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/relative_attention_num_buckets": T5Config: relative_attention_num_buckets must be an integer of at least 4, got 2. Correct the configuration.]`,
    );
    expect(parse({ relative_attention_max_distance: 16 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/relative_attention_max_distance": T5Config: relative_attention_max_distance must be an integer of at least 17, got 16. Correct the configuration.]`,
    );
    expect(parse({ dropout_rate: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/dropout_rate": T5Config: dropout_rate must be a number in [0, 1), got 1. Correct the configuration.]`,
    );
  });
});

describe('settleT5Config', () => {
  it('ties the output if and only if the file has no projection', () => {
    expect(settleT5Config(t5V11Base, ['shared.weight']).isTied).toBe(true);
    expect(settleT5Config(t5Base, ['shared.weight', 'lm_head.weight']).isTied).toBe(false);
  });
});
