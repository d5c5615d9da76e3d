import { describe, expect, it } from 'vitest';
import { parseElmoConfig, toElmoConfigJson, withElmoSettings } from './config.ts';
import { elmoOriginal, elmoTiny } from './presets.ts';

/** The published `elmo_2x4096_512_2048cnn_2xhighway_options.json`. */
const published = {
  lstm: { use_skip_connections: true, projection_dim: 512, cell_clip: 3, proj_clip: 3, dim: 4096, n_layers: 2 },
  char_cnn: {
    activation: 'relu',
    filters: [
      [1, 32],
      [2, 32],
      [3, 64],
      [4, 128],
      [5, 256],
      [6, 512],
      [7, 1024],
    ],
    n_highway: 2,
    embedding: { dim: 16 },
    n_characters: 262,
    max_characters_per_token: 50,
  },
};

describe('parseElmoConfig', () => {
  it('reads the published options', () => {
    expect(parseElmoConfig(published)).toEqual(elmoOriginal);
  });

  it.each([
    elmoTiny,
    { ...elmoOriginal, characterActivation: 'tanh' as const, numLabels: 5, vocabSize: 10, normalizesMix: true },
    { ...elmoTiny, memoryClip: undefined, hiddenClip: undefined, dropout: 0, mixDropout: 0.2 },
  ])('reads back what is written (%#)', (config) => {
    const json: unknown = JSON.parse(JSON.stringify(toElmoConfigJson(config, ['X'])));
    expect(parseElmoConfig(json)).toEqual(config);
  });

  it('names the field that is wrong', () => {
    const lstm = (changes: object) => (): unknown =>
      parseElmoConfig({ ...published, lstm: { ...published.lstm, ...changes } });
    const characters = (changes: object) => (): unknown =>
      parseElmoConfig({ ...published, char_cnn: { ...published.char_cnn, ...changes } });
    expect(lstm({ use_skip_connections: false })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/lstm/use_skip_connections": ElmoConfig: lstm: use_skip_connections must be true, got false. Correct the configuration.]`,
    );
    expect(lstm({ dim: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/lstm/dim": ElmoConfig: lstm: dim must be an integer of at least 1, got 0. Correct the configuration.]`,
    );
    expect(lstm({ n_layers: 1e6 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/lstm/n_layers": ElmoConfig: lstm: n_layers must be an integer of at least 1 and at most 1024, got 1000000. Correct the configuration.]`,
    );
    expect(lstm({ cell_clip: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/lstm/cell_clip": ElmoConfig: lstm: cell_clip must be a finite number in [0, Infinity], got -1. Correct the configuration.]`,
    );
    expect(characters({ n_characters: 300 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/char_cnn/n_characters": ElmoConfig: char_cnn: n_characters must be an integer of at least 261 and at most 262, got 300. Correct the configuration.]`,
    );
    expect(characters({ activation: 'gelu' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/char_cnn/activation": ElmoConfig: char_cnn: activation must be one of relu, tanh, got "gelu". Correct the configuration.]`,
    );
    expect(characters({ filters: [[51, 4]] })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/char_cnn/filters": ElmoConfig: char_cnn: filters must be pairs of a width in 1 ... 50 and a count, got [51,4]. Correct the configuration.]`,
    );
    expect(characters({ filters: ['wide'] })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/char_cnn/filters": ElmoConfig: char_cnn: filters must be pairs of a width in 1 ... 50 and a count, got "wide". Correct the configuration.]`,
    );
    expect(() => parseElmoConfig({ lstm: published.lstm })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/char_cnn": ElmoConfig: char_cnn must be an object, got nothing. Correct the configuration.]`,
    );
  });
});

describe('withElmoSettings', () => {
  it('replaces what is given and keeps the rest', () => {
    expect(withElmoSettings(elmoTiny, { vocabSize: 10, dropout: 0, numLabels: 4, maxPositions: 8 })).toEqual({
      ...elmoTiny,
      vocabSize: 10,
      numLabels: 4,
      dropout: 0,
      mixDropout: 0,
    });
    expect(withElmoSettings(elmoTiny, {})).toEqual(elmoTiny);
  });
});
