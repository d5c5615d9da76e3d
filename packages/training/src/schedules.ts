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

/** Settings of {@link slantedTriangular}. */
export interface SlantedTriangle {
  /** The highest learning rate. */
  readonly peak: number;
  /** How many updates the triangle has. */
  readonly numSteps: number;
  /** The share of them that rises. Default 0.1. */
  readonly cutFraction?: number | undefined;
  /** How many times the lowest rate is smaller than the peak. Default 32. */
  readonly ratio?: number | undefined;
}

/**
 * ULMFiT's slanted triangle: rises linearly from `peak / ratio` for a tenth of the updates, then falls back linearly, where it stays. The first update has
 * the lowest rate, as in AllenNLP.
 *
 * The fall has as many steps as are left, as in AllenNLP. The paper divides by `cut * (1 / cutFraction - 1)`, which is another number where the cut was
 * rounded, and then ends too early or too late.
 *
 * @throws {ConfigError} when the share is outside of [0, 1), or the ratio below 1.
 * @see Howard and Ruder 2018, "Universal Language Model Fine-tuning for Text Classification", equation 3. <https://arxiv.org/abs/1801.06146>
 * @see allennlp/training/learning_rate_schedulers/slanted_triangular.py
 */
export function slantedTriangular({ peak, numSteps, cutFraction = 0.1, ratio = 32 }: SlantedTriangle): Schedule {
  if (!(cutFraction >= 0 && cutFraction < 1 && ratio >= 1)) {
    throw new ConfigError({
      message: `A slanted triangle must rise for a share in [0, 1) and have a ratio of at least 1, got ${cutFraction} and ${ratio}.`,
      hint: 'Leave them out for 0.1 and 32.',
    });
  }
  const cut = Math.floor(numSteps * cutFraction);
  return (step) => {
    const done = Math.min(step - 1, numSteps);
    const height = done < cut ? done / cut : 1 - (done - cut) / (numSteps - cut);
    return (peak * (1 + height * (ratio - 1))) / ratio;
  };
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
