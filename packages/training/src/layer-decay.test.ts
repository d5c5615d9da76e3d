import { describe, expect, it } from 'vitest';
import { discriminativeRates, layerDecay } from './layer-decay.ts';

const groups = ['embeddings', 'layer 0', 'head'].map((name) => ({ name, paths: new Set([`${name}.weight`]) }));
const paths = groups.flatMap((group) => [...group.paths]);

describe('layerDecay', () => {
  it('lowers the rate from group to group, from the top on', () => {
    expect(paths.map(layerDecay(groups, 0.5))).toEqual([0.25, 0.5, 1]);
    expect(paths.map(layerDecay(groups, 1))).toEqual([1, 1, 1]);
  });

  it("divides by 2.6 as ULMFiT's discriminative rates", () => {
    const rateOf = discriminativeRates(groups);
    expect(paths.map(rateOf)).toEqual([expect.closeTo(1 / 2.6 / 2.6, 15), expect.closeTo(1 / 2.6, 15), 1]);
  });

  it.each([0, 1.1, Number.NaN])('refuses a decay of %d', (decay) => {
    expect(() => layerDecay(groups, decay)).toThrow(
      `The decay of learning rates by layer must be in (0, 1], got ${decay}.`,
    );
  });

  it('refuses a parameter of no group', () => {
    const rateOf = layerDecay(groups, 0.5);
    expect(() => rateOf('pooler.weight')).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: Each trained parameter must be in one of the layer groups; pooler.weight is in none. Make the groups of the model that is trained, its adapter included.]`,
    );
  });
});
