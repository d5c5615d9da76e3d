import { describe, expect, it } from 'vitest';
import { methodDefaults } from './method-defaults.ts';
import { isTarget, patternValue, savedParts, type TargetSelection } from './target-modules.ts';

const PATHS = [
  'bert.layer.0.output.dense',
  'bert.layer.0.query',
  'bert.layer.1.experts.0.query',
  'lm_head',
  'classifier',
];

function targets(selection: Partial<TargetSelection>): number[] {
  const whole = { ...methodDefaults(undefined), ...selection };
  return PATHS.flatMap((path, index) => (isTarget({ path, isLinear: true }, whole) ? [index] : []));
}

describe('isTarget', () => {
  it('takes names that are or end a path, not parts of names', () => {
    expect(targets({ targetModules: ['query', 'classifier', 'ense'] })).toEqual([1, 2, 4]);
    expect(targets({ targetModules: ['output.dense'] })).toEqual([0]);
  });

  it('takes a string as a pattern for the whole path', () => {
    expect(targets({ targetModules: '.*\\.query' })).toEqual([1, 2]);
    expect(targets({ targetModules: 'query' })).toEqual([]);
  });

  it('takes all linear layers but the output', () => {
    expect(targets({ targetModules: 'all-linear' })).toEqual([0, 1, 2]);
    const embedding = { path: 'bert.tokens', isLinear: false };
    expect(isTarget(embedding, { ...methodDefaults(undefined), targetModules: 'all-linear' })).toBe(false);
  });

  it('leaves out what is excluded', () => {
    expect(targets({ targetModules: ['query', 'dense'], excludeModules: ['output.dense'] })).toEqual([1, 2]);
  });

  it('counts layers by the first number, or by the number behind a name', () => {
    expect(targets({ targetModules: ['query'], layersToTransform: [1] })).toEqual([2]);
    expect(targets({ targetModules: ['query'], layersToTransform: [0], layersPattern: ['experts'] })).toEqual([2]);
    expect(targets({ targetModules: ['lm_head'], layersToTransform: [0] })).toEqual([]);
  });

  it('says so when a pattern is none', () => {
    expect(() => targets({ targetModules: '(' })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: An adapter's pattern must be a regular expression of JavaScript, got ^(?:()$. Name the modules in a list instead.]`,
    );
  });
});

describe('savedParts', () => {
  it('takes what is a part or lies in one, wherever the part stands', () => {
    const isSaved = savedParts(['experts', 'dense'], PATHS);
    expect(PATHS.filter(isSaved)).toEqual(['bert.layer.0.output.dense', 'bert.layer.1.experts.0.query']);
    expect(PATHS.filter(savedParts(['score'], PATHS))).toEqual([]);
  });

  it('takes the name of an outermost part as that part alone', () => {
    const paths = [...PATHS, 'bert.classifier', 'classifier.dense'];
    expect(paths.filter(savedParts(['classifier'], paths))).toEqual(['classifier', 'classifier.dense']);
  });
});

describe('patternValue', () => {
  it('takes the first pattern that describes the end of the path', () => {
    expect(patternValue('bert.layer.0.query', { 'layer.1.query': 1, '0\\.query': 2, query: 3 })).toBe(2);
    expect(patternValue('bert.layer.0.query', { uery: 1 })).toBeUndefined();
  });
});
