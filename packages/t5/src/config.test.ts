import { describe, expect, it } from 'vitest';
import { t5Tiny, parseT5Config, toT5ConfigJson, withT5Settings } from './config.ts';

describe('parseT5Config', () => {
  it('reads what toT5ConfigJson writes', () => {
    expect(parseT5Config(toT5ConfigJson(t5Tiny))).toEqual(t5Tiny);
  });

  it('names the field in its errors', () => {
    const json = toT5ConfigJson(t5Tiny);
    expect(() => parseT5Config({ ...json, num_attention_heads: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_attention_heads": T5Config: num_attention_heads must be a divisor of 32, got 5. Correct the configuration.]`,
    );
    expect(() => parseT5Config({ ...json, hidden_act: 'softplus' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/hidden_act": T5Config: hidden_act must be one of gelu, gelu_new, relu, silu, got "softplus". Correct the configuration.]`,
    );
  });
});

describe('withT5Settings', () => {
  it('replaces what is given and keeps the rest', () => {
    expect(withT5Settings(t5Tiny, { vocabSize: 10, dropout: 0 })).toEqual({
      ...t5Tiny,
      vocabSize: 10,
      hiddenDropout: 0,
      attentionDropout: 0,
    });
    expect(withT5Settings(t5Tiny, {})).toEqual(t5Tiny);
  });
});
