import { describe, expect, it } from 'vitest';
import { novaTiny, parseNovaConfig, toNovaConfigJson, withNovaSettings } from './config.ts';

describe('parseNovaConfig', () => {
  it('reads what toNovaConfigJson writes', () => {
    expect(parseNovaConfig(toNovaConfigJson(novaTiny))).toEqual(novaTiny);
  });

  it('names the field in its errors', () => {
    const json = toNovaConfigJson(novaTiny);
    expect(() => parseNovaConfig({ ...json, num_attention_heads: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_attention_heads": NovaConfig: num_attention_heads must be a divisor of 32, got 5. Correct the configuration.]`,
    );
    expect(() => parseNovaConfig({ ...json, hidden_act: 'softplus' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/hidden_act": NovaConfig: hidden_act must be one of gelu, gelu_new, relu, silu, got "softplus". Correct the configuration.]`,
    );
  });
});

describe('withNovaSettings', () => {
  it('replaces what is given and keeps the rest', () => {
    expect(withNovaSettings(novaTiny, { vocabSize: 10, dropout: 0 })).toEqual({
      ...novaTiny,
      vocabSize: 10,
      hiddenDropout: 0,
      attentionDropout: 0,
    });
    expect(withNovaSettings(novaTiny, {})).toEqual(novaTiny);
  });
});
