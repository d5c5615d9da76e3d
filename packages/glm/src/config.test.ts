import { describe, expect, it } from 'vitest';
import { glmTiny, parseGlmConfig, toGlmConfigJson, withGlmSettings } from './config.ts';

describe('parseGlmConfig', () => {
  it('reads what toGlmConfigJson writes', () => {
    expect(parseGlmConfig(toGlmConfigJson(glmTiny))).toEqual(glmTiny);
  });

  it('names the field in its errors', () => {
    const json = toGlmConfigJson(glmTiny);
    expect(() => parseGlmConfig({ ...json, num_attention_heads: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_attention_heads": GlmConfig: num_attention_heads must be a divisor of 32, got 5. Correct the configuration.]`,
    );
    expect(() => parseGlmConfig({ ...json, hidden_act: 'softplus' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/hidden_act": GlmConfig: hidden_act must be one of gelu, gelu_new, relu, silu, got "softplus". Correct the configuration.]`,
    );
  });
});

describe('withGlmSettings', () => {
  it('replaces what is given and keeps the rest', () => {
    expect(withGlmSettings(glmTiny, { vocabSize: 10, dropout: 0 })).toEqual({
      ...glmTiny,
      vocabSize: 10,
      hiddenDropout: 0,
      attentionDropout: 0,
    });
    expect(withGlmSettings(glmTiny, {})).toEqual(glmTiny);
  });
});
