import { describe, expect, it } from 'vitest';
import { ConfigReader } from './config.ts';

const reader = new ConfigReader('TestConfig', {
  size: 4,
  rate: 0.1,
  flag: true,
  act: 'gelu',
  labels: { 0: 'a', 1: 'b' },
  empty: null,
  text: 'x',
});

describe('ConfigReader', () => {
  it('reads fields and takes fallbacks for what is absent or null', () => {
    expect([
      reader.integer('size'),
      reader.integer('empty', 7),
      reader.number('rate'),
      reader.dropout('absent', 0.5),
      reader.boolean('flag'),
      reader.choice('act', { gelu: 'exact' }),
      reader.size('labels'),
      reader.size('absent', 2),
      reader.has('empty'),
    ]).toEqual([4, 7, 0.1, 0.5, true, 'exact', 2, 2, false]);
  });

  it('reads sections and lists, and names where they stand', () => {
    const nested = new ConfigReader('TestConfig', { lstm: { dim: 'wide', filters: [1] }, text: 'x', list: [] });
    expect(nested.section('lstm').list('filters')).toEqual([1]);
    expect(() => nested.section('lstm').integer('dim')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/lstm/dim": TestConfig: lstm: dim must be an integer of at least 0, got "wide". Correct the configuration.]`,
    );
    expect(() => nested.section('list')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/list": TestConfig: list must be an object, got []. Correct the configuration.]`,
    );
    expect(() => nested.section('absent')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/absent": TestConfig: absent must be an object, got nothing. Correct the configuration.]`,
    );
    expect(() => nested.list('text')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/text": TestConfig: text must be an array, got "x". Correct the configuration.]`,
    );
  });

  it('names the field, what it must be and what it is', () => {
    expect(() => reader.integer('rate')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/rate": TestConfig: rate must be an integer of at least 0, got 0.1. Correct the configuration.]`,
    );
    expect(() => reader.integer('size', undefined, { maximum: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/size": TestConfig: size must be an integer of at least 0 and at most 3, got 4. Correct the configuration.]`,
    );
    expect(() => reader.integer('absent')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/absent": TestConfig: absent must be an integer of at least 0, got nothing. Correct the configuration.]`,
    );
    expect(() => reader.number('text')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/text": TestConfig: text must be a finite number in [-Infinity, Infinity], got "x". Correct the configuration.]`,
    );
    expect(() => reader.dropout('size')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/size": TestConfig: size must be a number in [0, 1), got 4. Correct the configuration.]`,
    );
    expect(() => reader.boolean('size')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/size": TestConfig: size must be true or false, got 4. Correct the configuration.]`,
    );
    expect(() => reader.choice('act', { relu: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/act": TestConfig: act must be one of relu, got "gelu". Correct the configuration.]`,
    );
    expect(() => reader.choice('text', {}, 'toString')).toThrow('text must be');
    expect(() => reader.size('size')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: at "/size": TestConfig: size must be an object, got 4. Correct the configuration.]`,
    );
    expect(() => new ConfigReader('TestConfig', [])).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: TestConfig must be a JSON object. Pass the content of a config.json.]`,
    );
  });

  it('finds no field in the prototype', () => {
    expect(reader.has('toString')).toBe(false);
    expect(new ConfigReader('TestConfig', JSON.parse('{"__proto__": {"size": 3}}')).has('size')).toBe(false);
  });
});
