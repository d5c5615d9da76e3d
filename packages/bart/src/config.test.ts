import { describe, expect, it } from 'vitest';
import { bartTiny, parseBartConfig, toBartConfigJson, withBartSettings } from './config.ts';

describe('parseBartConfig', () => {
  it('reads what toBartConfigJson writes', () => {
    expect(parseBartConfig(toBartConfigJson(bartTiny))).toEqual(bartTiny);
  });

  it('names the field in its errors', () => {
    const json = toBartConfigJson(bartTiny);
    expect(() => parseBartConfig({ ...json, num_attention_heads: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_attention_heads": BartConfig: num_attention_heads must be a divisor of 32, got 5. Correct the configuration.]`,
    );
    expect(() => parseBartConfig({ ...json, hidden_act: 'softplus' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/hidden_act": BartConfig: hidden_act must be one of gelu, gelu_new, relu, silu, got "softplus". Correct the configuration.]`,
    );
  });
});

describe('withBartSettings', () => {
  it('replaces what is given and keeps the rest', () => {
    expect(withBartSettings(bartTiny, { vocabSize: 10, dropout: 0 })).toEqual({
      ...bartTiny,
      vocabSize: 10,
      hiddenDropout: 0,
      attentionDropout: 0,
    });
    expect(withBartSettings(bartTiny, {})).toEqual(bartTiny);
  });
});
