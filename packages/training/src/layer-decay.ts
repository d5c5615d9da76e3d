import { ConfigError } from '@cloze/core';
import type { LayerGroup } from './layer-groups.ts';
import type { RateOf } from './parameter-rates.ts';

/**
 * Lower learning rates for lower layers: `decay` to the power of the number of groups above. The topmost group keeps the schedule's rate.
 *
 * @param groups from bottom to top, see `layerGroups`.
 * @param decay in (0, 1]; 0.95 for BERT.
 * @throws {ConfigError} when `decay` is outside of that; while training, when a trained parameter is in no group.
 * @see Sun et al. 2019, "How to Fine-Tune BERT for Text Classification?", equation 3. <https://arxiv.org/abs/1905.05583>
 */
export function layerDecay(groups: readonly LayerGroup[], decay: number): RateOf {
  if (!(decay > 0 && decay <= 1)) {
    throw new ConfigError({
      message: `The decay of learning rates by layer must be in (0, 1], got ${decay}.`,
      hint: 'Use 0.95, or 1 for none.',
    });
  }
  const rates = new Map<string, number>();
  groups.forEach(({ paths }, index) => {
    for (const path of paths) rates.set(path, decay ** (groups.length - 1 - index));
  });
  return (path) => {
    const rate = rates.get(path);
    if (rate !== undefined) return rate;
    throw new ConfigError({
      message: `Each trained parameter must be in one of the layer groups; ${path} is in none.`,
      hint: 'Make the groups of the model that is trained, its adapter included.',
      tensor: path,
    });
  };
}

/**
 * ULMFiT's discriminative learning rates: each group has that of the group above, divided by `factor`. (AllenNLP multiplies by 0.38.)
 *
 * @see Howard and Ruder 2018, "Universal Language Model Fine-tuning for Text Classification", section 3.2. <https://arxiv.org/abs/1801.06146>
 */
export function discriminativeRates(groups: readonly LayerGroup[], factor = 2.6): RateOf {
  return layerDecay(groups, 1 / factor);
}
