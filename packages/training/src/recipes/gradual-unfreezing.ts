import { ConfigError } from '@cloze/core';
import { inGroups, type LayerGroup } from '../layer-groups.ts';
import type { Phase } from '../phases.ts';
import { slantedTriangular, type SlantedTriangle } from '../schedules.ts';

/** Settings of {@link gradualUnfreezing}. */
export interface GradualUnfreezing
  extends Pick<Phase, 'rateOf'>, Pick<SlantedTriangle, 'peak' | 'cutFraction' | 'ratio'> {
  /** From bottom to top, see `layerGroups`. */
  readonly groups: readonly LayerGroup[];
  readonly numEpochs: number;
  readonly stepsPerEpoch: number;
  /**
   * After how many epochs the rest is unfrozen at once. Default: one epoch for each group but the last (AllenNLP), but always one epoch less than there are (as
   * fastai, which unfreezes two or three groups and then the rest).
   */
  readonly frozenEpochs?: number;
}

/**
 * ULMFiT's gradual unfreezing: the first epoch trains the topmost group, each further one another group, and the last ones everything. Each frozen epoch has a
 * slanted triangle of its own, the rest one together. Add `discriminativeRates` as `rateOf` for all of ULMFiT.
 *
 * @throws {ConfigError} when there are no more epochs than frozen ones.
 * @see Howard and Ruder 2018, "Universal Language Model Fine-tuning for Text Classification", section 3.3. <https://arxiv.org/abs/1801.06146>
 */
export function gradualUnfreezing({
  groups,
  numEpochs,
  stepsPerEpoch,
  frozenEpochs = Math.max(0, Math.min(groups.length, numEpochs) - 1),
  rateOf,
  ...triangle
}: GradualUnfreezing): readonly Phase[] {
  if (frozenEpochs >= numEpochs || frozenEpochs >= groups.length) {
    throw new ConfigError({
      message: `Gradual unfreezing must have more epochs and more groups than frozen epochs (${frozenEpochs}), got ${numEpochs} and ${groups.length}.`,
      hint: 'Train longer, or unfreeze the rest earlier.',
    });
  }
  const phase = (name: string, epochs: number): Omit<Phase, 'trainable'> => {
    const numSteps = epochs * stepsPerEpoch;
    return { name, numSteps, schedule: slantedTriangular({ ...triangle, numSteps }), rateOf };
  };
  const frozen = Array.from({ length: frozenEpochs }, (_, epoch) => {
    const trained = groups.slice(-1 - epoch);
    return { ...phase(`from ${trained[0]?.name ?? ''}`, 1), trainable: inGroups(trained) };
  });
  return [...frozen, phase('all', numEpochs - frozenEpochs)];
}
