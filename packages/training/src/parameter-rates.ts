import { ConfigError } from '@cloze/core';
import type { Optimizer, OptimizerState, UpdateInput } from './optimizer.ts';

/** What the learning rate of a parameter is multiplied by, given its path. */
export type RateOf = (path: string) => number;

/**
 * The optimizer with a learning rate of its own for each parameter: PyTorch's parameter groups. Parameters of the same rate share their scalars, which
 * are computed on the host as for any other learning rate. It has no effect on optimizers that ignore the schedule (Adafactor with `relativeStep`).
 *
 * @param paths of the parameters that are trained.
 * @throws {ConfigError} when a rate is negative or not finite.
 */
export function withRates(optimizer: Optimizer, paths: readonly string[], rateOf: RateOf): Optimizer {
  const groups = groupByRate(paths, rateOf);
  if (groups.every(({ rate }) => rate === 1)) return optimizer;
  return {
    ...optimizer,
    scalars: (step, learningRate) =>
      Object.fromEntries(
        groups.flatMap(({ rate }, index) =>
          Object.entries(optimizer.scalars(step, learningRate * rate)).map(([name, value]) => [
            `${name}.${index}`,
            value,
          ]),
        ),
      ),
    update: (input) => {
      const updates = groups.map((group, index) => optimizer.update(inputOf(input, group.paths, index)));
      return {
        parameters: Object.assign({}, ...updates.map(({ parameters }) => parameters)) as typeof input.parameters,
        state: mergeStates(updates.map(({ state }) => state)),
      };
    },
  };
}

interface RateGroup {
  readonly rate: number;
  readonly paths: ReadonlySet<string>;
}

function groupByRate(paths: readonly string[], rateOf: RateOf): readonly RateGroup[] {
  const groups = new Map<number, Set<string>>();
  for (const path of paths) {
    const rate = rateOf(path);
    if (!Number.isFinite(rate) || rate < 0) {
      throw new ConfigError({
        message: `The factor of the learning rate of ${path} must be a number of at least 0, got ${rate}.`,
        hint: 'Correct rateOf.',
        tensor: path,
      });
    }
    const group = groups.get(rate);
    if (group === undefined) groups.set(rate, new Set([path]));
    else group.add(path);
  }
  return [...groups].map(([rate, members]) => ({ rate, paths: members }));
}

/** What an update of one group reads. */
function inputOf(input: UpdateInput, paths: ReadonlySet<string>, index: number): UpdateInput {
  const suffix = `.${index}`;
  const scalars = Object.entries(input.scalars).filter(([name]) => name.endsWith(suffix));
  return {
    ...input,
    gradients: Object.fromEntries(Object.entries(input.gradients).filter(([path]) => paths.has(path))),
    scalars: Object.fromEntries(scalars.map(([name, scalar]) => [name.slice(0, -suffix.length), scalar])),
  };
}

function mergeStates(states: readonly OptimizerState[]): OptimizerState {
  const slots = new Set(states.flatMap((state) => Object.keys(state)));
  return Object.fromEntries(
    [...slots].map((slot) => [
      slot,
      Object.assign({}, ...states.map((state) => state[slot])) as OptimizerState[string],
    ]),
  );
}
