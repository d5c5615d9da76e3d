import { describe, expect, it } from 'vitest';
import { parseGlmConfig, toGlmConfigJson } from './config.ts';
import { glmBase, glmTiny } from './presets.ts';

const minimal = {
  model_type: 'glm-block',
  vocab_size: 30592,
  max_sequence_length: 512,
  hidden_size: 768,
  num_layers: 12,
  num_attention_heads: 12,
};

describe('parseGlmConfig', () => {
  it('fills in the defaults of the authors', () => {
    expect(parseGlmConfig({ ...minimal, pool_token: 'cls', spell_length: null })).toEqual(glmBase);
  });

  it.each([glmTiny, { ...glmBase, numLabels: 3, padTokenId: 5, attentionScale: 8 }])(
    'reads back what is written (%#)',
    (config) => {
      const json: unknown = JSON.parse(JSON.stringify(toGlmConfigJson(config, ['X'])));
      expect(parseGlmConfig(json)).toEqual(config);
    },
  );

  it('refuses the models that took its name', () => {
    expect(() => parseGlmConfig({ ...minimal, model_type: 'glm' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/model_type": GlmConfig: model_type must be glm-block, got "glm", which is another model: GLM-4, with rotary positions and gated feed-forward layers. If it is the original GLM (a checkpoint of THUDM/GLM, with max_sequence_length in its config.json), write model_type glm-block.]`,
    );
    expect(() => parseGlmConfig({ model_type: 'chatglm' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/model_type": GlmConfig: model_type must be glm-block, got "chatglm", which is another model: ChatGLM. If it is the original GLM (a checkpoint of THUDM/GLM, with max_sequence_length in its config.json), write model_type glm-block.]`,
    );
  });

  it('names the field that is wrong', () => {
    const parse = (changes: object) => (): unknown => parseGlmConfig({ ...minimal, ...changes });
    expect(parse({ model_type: 'llama' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/model_type": GlmConfig: model_type must be one of glm-block, got "llama". Correct the configuration.]`,
    );
    expect(parse({ num_attention_heads: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_attention_heads": GlmConfig: num_attention_heads must be a divisor of hidden_size (768), got 5. Correct the configuration.]`,
    );
    expect(parse({ num_layers: 2 ** 40 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/num_layers": GlmConfig: num_layers must be an integer of at least 1 and at most 1024, got 1099511627776. Correct the configuration.]`,
    );
    expect(parse({ output_dropout_prob: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/output_dropout_prob": GlmConfig: output_dropout_prob must be a number in [0, 1), got 1. Correct the configuration.]`,
    );
    expect(parse({ block_position_encoding: false })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/block_position_encoding": GlmConfig: block_position_encoding must be true, got false. Correct the configuration.]`,
    );
    expect(parse({ relative_encoding: true })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/relative_encoding": GlmConfig: relative_encoding must be false, got true. Correct the configuration.]`,
    );
    expect(parse({ tie_word_embeddings: false })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/tie_word_embeddings": GlmConfig: tie_word_embeddings must be true, got false. Correct the configuration.]`,
    );
    expect(parse({ pool_token: 'start' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/pool_token": GlmConfig: pool_token must be one of cls, got "start". Correct the configuration.]`,
    );
    expect(parse({ spell_length: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/spell_length": GlmConfig: spell_length must be absent (continuous prompts are adapters), got 3. Correct the configuration.]`,
    );
    expect(() => parseGlmConfig('glm-block')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: GlmConfig must be a JSON object. Pass the content of a config.json.]`,
    );
  });
});
