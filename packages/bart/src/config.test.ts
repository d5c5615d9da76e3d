import { describe, expect, it } from 'vitest';
import { parseBartConfig, toBartConfigJson, withBartSettings } from './config.ts';
import { bartBase, bartLarge, bartTiny } from './presets.ts';

describe('parseBartConfig', () => {
  it('fills in the defaults of Hugging Face transformers', () => {
    expect(parseBartConfig({ model_type: 'bart' })).toEqual(bartLarge);
  });

  it('takes the number of labels from their names', () => {
    expect(parseBartConfig({ id2label: { 0: 'no', 1: 'yes' } }).numLabels).toBe(2);
    expect(parseBartConfig({ num_labels: 5 }).numLabels).toBe(5);
  });

  it.each([
    bartTiny,
    bartLarge,
    {
      ...bartBase,
      encoder: { numLayers: 3, numHeads: 4, intermediateSize: 5 },
      activation: 'geluTanh' as const,
      scalesEmbeddings: true,
      classifierDropout: 0.3,
      decoderStartTokenId: 0,
    },
  ])('reads back what is written (%#)', (config) => {
    const json: unknown = JSON.parse(JSON.stringify(toBartConfigJson(config, ['BartModel'])));
    expect(parseBartConfig(json)).toEqual(config);
  });

  it('names the field that is wrong', () => {
    const parse = (changes: object) => (): unknown => parseBartConfig({ model_type: 'bart', ...changes });
    expect(parse({ model_type: 'mbart' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/model_type": BartConfig: model_type must be one of bart, got "mbart". Correct the configuration.]`,
    );
    expect(parse({ decoder_attention_heads: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/decoder_attention_heads": BartConfig: decoder_attention_heads must be a divisor of d_model (1024), got 5. Correct the configuration.]`,
    );
    expect(parse({ encoder_layers: 2 ** 40 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/encoder_layers": BartConfig: encoder_layers must be an integer of at least 1 and at most 1024, got 1099511627776. Correct the configuration.]`,
    );
    expect(parse({ activation_function: 'mish' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/activation_function": BartConfig: activation_function must be one of gelu, gelu_new, relu, silu, swish, tanh, got "mish". Correct the configuration.]`,
    );
    expect(parse({ dropout: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/dropout": BartConfig: dropout must be a number in [0, 1), got 1. Correct the configuration.]`,
    );
    expect(parse({ eos_token_id: [2, 3] })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/eos_token_id": BartConfig: eos_token_id must be an integer of at least 0, got [2,3]. Correct the configuration.]`,
    );
    expect(parse({ tie_word_embeddings: false })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/tie_word_embeddings": BartConfig: tie_word_embeddings must be true, got false. Correct the configuration.]`,
    );
    expect(parse({ normalize_before: true })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/normalize_before": BartConfig: normalize_before must be false, got true. Correct the configuration.]`,
    );
    expect(parse({ decoder_layerdrop: 0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/decoder_layerdrop": BartConfig: decoder_layerdrop must be 0, got 0.1. Correct the configuration.]`,
    );
  });
});

describe('withBartSettings', () => {
  it('replaces what is given and keeps the rest', () => {
    expect(withBartSettings(bartTiny, {})).toEqual(bartTiny);
    expect(withBartSettings(bartTiny, { vocabSize: 10, dropout: 0.5 })).toEqual({
      ...bartTiny,
      vocabSize: 10,
      hiddenDropout: 0.5,
      attentionDropout: 0.5,
      activationDropout: 0.5,
      classifierDropout: 0.5,
    });
  });

  it('has the decoder begin with the end of text', () => {
    expect(withBartSettings(bartTiny, { eosTokenId: 7 })).toMatchObject({ eosTokenId: 7, decoderStartTokenId: 7 });
  });
});
