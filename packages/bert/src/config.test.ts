import { describe, expect, it } from 'vitest';
import { bertTiny, parseBertConfig, toBertConfigJson, withBertSettings } from './config.ts';

describe('parseBertConfig', () => {
  it('reads what toBertConfigJson writes', () => {
    expect(parseBertConfig(toBertConfigJson(bertTiny))).toEqual(bertTiny);
  });

  it('names the field in its errors', () => {
    const json = toBertConfigJson(bertTiny);
    expect(() => parseBertConfig({ ...json, num_attention_heads: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_attention_heads": BertConfig: num_attention_heads must be a divisor of 32, got 5. Correct the configuration.]`,
    );
    expect(() => parseBertConfig({ ...json, hidden_act: 'softplus' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/hidden_act": BertConfig: hidden_act must be one of gelu, gelu_new, relu, silu, got "softplus". Correct the configuration.]`,
    );
  });
});

describe('withBertSettings', () => {
  it('replaces what is given and keeps the rest', () => {
    expect(withBertSettings(bertTiny, { vocabSize: 10, dropout: 0 })).toEqual({
      ...bertTiny,
      vocabSize: 10,
      hiddenDropout: 0,
      attentionDropout: 0,
    });
    expect(withBertSettings(bertTiny, {})).toEqual(bertTiny);
  });
});
