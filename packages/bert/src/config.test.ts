import { describe, expect, it } from 'vitest';
import { parseBertConfig, toBertConfigJson, withBertSettings } from './config.ts';
import { bertBase, bertTiny } from './presets.ts';

const minimal = {
  model_type: 'bert',
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
};

describe('parseBertConfig', () => {
  it('fills in the defaults of Hugging Face transformers', () => {
    expect(parseBertConfig({ ...minimal, classifier_dropout: null, bos_token_id: null })).toEqual(bertBase);
  });

  it('drops before the classifier as everywhere unless told otherwise', () => {
    expect(parseBertConfig({ ...minimal, hidden_dropout_prob: 0.3 }).classifierDropout).toBe(0.3);
    expect(parseBertConfig({ ...minimal, classifier_dropout: 0.2 }).classifierDropout).toBe(0.2);
  });

  it('counts labels', () => {
    expect(parseBertConfig({ ...minimal, id2label: { 0: 'a', 1: 'b', 2: 'c' } }).numLabels).toBe(3);
    expect(parseBertConfig({ ...minimal, num_labels: 1 }).numLabels).toBe(1);
  });

  it.each([
    bertTiny,
    { ...bertTiny, classifierPooling: 'mean' as const },
    { ...bertBase, numLabels: 3, padTokenId: 5, classifierDropout: 0.2, activation: 'geluTanh' as const },
  ])('reads back what is written (%#)', (config) => {
    const json: unknown = JSON.parse(JSON.stringify(toBertConfigJson(config, ['BertModel'])));
    expect(parseBertConfig(json)).toEqual(config);
  });

  it('names the field that is wrong', () => {
    const parse = (changes: object) => (): unknown => parseBertConfig({ ...minimal, ...changes });
    expect(parse({ model_type: 'roberta' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/model_type": BertConfig: model_type must be one of bert, got "roberta". Correct the configuration.]`,
    );
    expect(parse({ num_attention_heads: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_attention_heads": BertConfig: num_attention_heads must be a divisor of hidden_size (768), got 5. Correct the configuration.]`,
    );
    expect(parse({ hidden_act: 'mish' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/hidden_act": BertConfig: hidden_act must be one of gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish, tanh, got "mish". Correct the configuration.]`,
    );
    expect(parse({ num_hidden_layers: undefined })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_hidden_layers": BertConfig: num_hidden_layers must be an integer of at least 1 and at most 1024, got nothing. Correct the configuration.]`,
    );
    expect(parse({ hidden_dropout_prob: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/hidden_dropout_prob": BertConfig: hidden_dropout_prob must be a number in [0, 1), got 1. Correct the configuration.]`,
    );
    expect(parse({ is_decoder: true })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/is_decoder": BertConfig: is_decoder must be false, got true. Correct the configuration.]`,
    );
    expect(parse({ add_cross_attention: true })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/add_cross_attention": BertConfig: add_cross_attention must be false, got true. Correct the configuration.]`,
    );
    expect(parse({ tie_word_embeddings: false })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/tie_word_embeddings": BertConfig: tie_word_embeddings must be true, got false. Correct the configuration.]`,
    );
    expect(parse({ position_embedding_type: 'relative_key' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/position_embedding_type": BertConfig: position_embedding_type must be one of absolute, got "relative_key". Correct the configuration.]`,
    );
  });
});

describe('withBertSettings', () => {
  it('replaces what is given and keeps the rest', () => {
    expect(withBertSettings(bertTiny, { vocabSize: 10, dropout: 0, padTokenId: 3, bosTokenId: 1 })).toEqual({
      ...bertTiny,
      vocabSize: 10,
      hiddenDropout: 0,
      attentionDropout: 0,
      classifierDropout: 0,
      padTokenId: 3,
    });
    expect(withBertSettings(bertTiny, {})).toEqual(bertTiny);
  });
});
