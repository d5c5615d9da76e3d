import { describe, expect, it } from 'vitest';
import { elmoTiny, parseElmoConfig, toElmoConfigJson, withElmoSettings } from './config.ts';

describe('parseElmoConfig', () => {
  it('reads what toElmoConfigJson writes', () => {
    expect(parseElmoConfig(toElmoConfigJson(elmoTiny))).toEqual(elmoTiny);
  });

  it('names the field in its errors', () => {
    const json = toElmoConfigJson(elmoTiny);
    expect(() => parseElmoConfig({ ...json, num_attention_heads: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_attention_heads": ElmoConfig: num_attention_heads must be a divisor of 32, got 5. Correct the configuration.]`,
    );
    expect(() => parseElmoConfig({ ...json, hidden_act: 'softplus' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/hidden_act": ElmoConfig: hidden_act must be one of gelu, gelu_new, relu, silu, got "softplus". Correct the configuration.]`,
    );
  });
});

describe('withElmoSettings', () => {
  it('replaces what is given and keeps the rest', () => {
    expect(withElmoSettings(elmoTiny, { vocabSize: 10, dropout: 0 })).toEqual({
      ...elmoTiny,
      vocabSize: 10,
      hiddenDropout: 0,
      attentionDropout: 0,
    });
    expect(withElmoSettings(elmoTiny, {})).toEqual(elmoTiny);
  });
});
