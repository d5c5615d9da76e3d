import { ConfigError } from '@cloze/core';

/** The learning rate of an update, given its number, from 1. */
export type Schedule = (step: number) => number;

/** Always the same learning rate. */
export function constant(learningRate: number): Schedule {
  return () => learningRate;
}

/** Settings of the schedules that rise and then fall. */
export interface WarmupDecay {
  /** The highest learning rate. */
  readonly peak: number;
  /** How many updates come before the peak. */
  readonly warmupSteps: number;
  /** After how many updates the floor is reached, warm-up included. */
  readonly numSteps: number;
  /** The learning rate from then on. Default 0. */
  readonly floor?: number;
}

/**
 * Rises linearly, then falls along half a cosine to the floor: nanoGPT's schedule, whose iteration `i` is our step `i + 1`.
 *
 * @throws {ConfigError} when the warm-up is longer than the whole.
 * @see Karpathy, nanoGPT, `train.py`, `get_lr`. <https://github.com/karpathy/nanoGPT>
 */
export function warmupCosine(settings: WarmupDecay): Schedule {
  return warmupThen(settings, (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)));
}

/** Rises linearly, then falls linearly to the floor: BERT's schedule. @throws {ConfigError} when the warm-up is longer than the whole. */
export function warmupLinear(settings: WarmupDecay): Schedule {
  return warmupThen(settings, (progress) => 1 - progress);
}

/**
 * `peak` until `warmupSteps`, then falls with the square root of the step: `peak * sqrt(warmupSteps / max(step, warmupSteps))`. T5's schedule with
 * `peak` 0.01 and 10,000 steps.
 *
 * @see Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", section 3.1.2.
 */
export function inverseSquareRoot({
  peak,
  warmupSteps,
}: {
  readonly peak: number;
  readonly warmupSteps: number;
}): Schedule {
  return (step) => peak * Math.sqrt(warmupSteps / Math.max(step, warmupSteps));
}

function warmupThen(
  { peak, warmupSteps, numSteps, floor = 0 }: WarmupDecay,
  decay: (progress: number) => number,
): Schedule {
  if (!(warmupSteps >= 0 && warmupSteps <= numSteps)) {
    throw new ConfigError({
      message: `The warm-up must be at most as long as the schedule (${numSteps} steps), got ${warmupSteps}.`,
      hint: 'Shorten the warm-up.',
    });
  }
  return (step) => {
    const done = step - 1;
    if (done < warmupSteps) return (peak * step) / (warmupSteps + 1);
    if (done >= numSteps) return floor;
    return floor + (peak - floor) * decay((done - warmupSteps) / (numSteps - warmupSteps));
  };
}
