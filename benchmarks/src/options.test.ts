import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('measures everything in five rounds unless told otherwise', () => {
    const { configurations, tokenizers, ...options } = parseOptions([]);
    expect(configurations.map(({ name }) => name)).toEqual(['nano', 'mini', 'small']);
    expect(tokenizers).toHaveLength(5);
    expect(options).toEqual({
      suite: 'training',
      methods: ['lora'],
      families: ['gpt', 'bert', 'bart', 't5', 'glm', 'elmo'],
      preset: 'mini',
      data: undefined,
      maxSeconds: 180,
      megabytes: 21,
      numTokens: [128, 1000],
      rounds: 5,
      isJson: false,
      isSaved: false,
      profile: undefined,
      isHelp: false,
    });
  });

  it('takes names and numbers', () => {
    const { configurations, rounds } = parseOptions(['--', '--configurations', 'mini,nano', '--rounds=7']);
    expect(configurations.map(({ name }) => name)).toEqual(['mini', 'nano']);
    expect(rounds).toBe(7);
    expect(parseOptions(['--profile', 'mini']).profile?.name).toBe('mini');
  });

  it('takes what to measure', () => {
    const { suite, families, maxSeconds } = parseOptions(['families', '--families', 'bert,t5', '--seconds', '60']);
    expect({ suite, families, maxSeconds }).toEqual({ suite: 'families', families: ['bert', 't5'], maxSeconds: 60 });
    expect(() => parseOptions(['speed'])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: What to measure must be one of training, adapters, families, tokenizers, generation, browser, got "speed". See pnpm bench --help.]`,
    );
  });

  it('takes how many tokens to generate', () => {
    expect(parseOptions(['generation', '--tokens', '32,64'])).toMatchObject({
      suite: 'generation',
      numTokens: [32, 64],
    });
    expect(() => parseOptions(['generation', '--tokens', '32,many'])).toThrow('--tokens must be a whole number from 1');
  });

  it('takes which tokenizers and how much text', () => {
    const { suite, tokenizers, megabytes } = parseOptions(['tokenizers', '--tokenizers', 'bpe', '--megabytes', '3']);
    expect({ suite, names: tokenizers.map(({ name }) => name), megabytes }).toEqual({
      suite: 'tokenizers',
      names: ['bpe'],
      megabytes: 3,
    });
    expect(() => parseOptions(['tokenizers', '--tokenizers', 'words'])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: A benchmark of tokenizers must be one of bpe, wordpiece, unigram, bpe-training, unigram-training, got "words". Name some of them, separated by commas.]`,
    );
  });

  it('refuses what it does not know', () => {
    expect(() => parseOptions(['--round', '7'])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: Unknown option '--round'. See pnpm bench --help.]`,
    );
    expect(() => parseOptions(['--rounds', '0'])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: --rounds must be a whole number from 1, got "0". Five or more make the spread meaningful.]`,
    );
    expect(() => parseOptions(['--configurations', 'nano,huge'])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: USAGE: A configuration must be one of nano, mini, small, got "huge". Name some of them, separated by commas.]`,
    );
  });
});
