import {
  discriminativeRates,
  frozenFeatures,
  fullFineTuning,
  gradualUnfreezing,
  headFirst,
  headOf,
  layerDecay,
  layerGroups,
  warmupLinear,
  type Phase,
  type Schedule,
} from '@cloze/training';
import type { TrainedPart } from './trained-part.ts';

/** How long and how fast a model is trained. */
export interface ScheduleSettings {
  readonly numEpochs: number;
  readonly stepsPerEpoch: number;
  /** The highest learning rate. */
  readonly learningRate: number;
}

/**
 * When which parameters are trained, by the name that it has on the command line:
 *
 * - `full`: all from the beginning.
 * - `frozen`: the head alone, as ELMo is used.
 * - `head-first`: the head alone at ten times the rate for a sixth of the steps, then all.
 * - `layer-decay`: all, each layer at 0.95 times the rate of the one above.
 * - `gradual-unfreezing`: from the head downwards, a layer more in each epoch, at 1 / 2.6 of the rate for each layer below (ULMFiT).
 *
 * The rate rises for a tenth of the steps and then falls to zero, in each phase.
 */
export type ScheduleName = 'full' | 'frozen' | 'head-first' | 'layer-decay' | 'gradual-unfreezing';

const HEAD_SHARE = 1 / 6;
/** A head alone takes higher rates than layers that know something already. */
const HEAD_RATE_FACTOR = 10;
const WARMUP_SHARE = 0.1;
/** Sun et al. 2019, "How to Fine-Tune BERT for Text Classification?", section 5.3.4. */
const LAYER_DECAY = 0.95;

type PhasesOf = (part: Trained, settings: ScheduleSettings) => readonly Phase[];

type Trained = Pick<TrainedPart, 'model' | 'trainable'>;

const SCHEDULES: Readonly<Record<ScheduleName, PhasesOf>> = {
  full: (_, settings) => fullFineTuning(rising(settings)),
  frozen: ({ model, trainable }, settings) => frozenFeatures({ head: headOf(model, trainable), ...rising(settings) }),
  'head-first': ({ model, trainable }, settings) => {
    const numSteps = settings.numEpochs * settings.stepsPerEpoch;
    const headSteps = Math.max(1, Math.round(numSteps * HEAD_SHARE));
    const rate = settings.learningRate * HEAD_RATE_FACTOR;
    return headFirst({
      head: headOf(model, trainable),
      headSteps,
      headSchedule: risingTo(rate, headSteps),
      then: withSteps(Math.max(1, numSteps - headSteps), settings.learningRate),
    });
  },
  'layer-decay': ({ model, trainable }, settings) =>
    fullFineTuning({ ...rising(settings), rateOf: layerDecay(layerGroups(model, trainable), LAYER_DECAY) }),
  'gradual-unfreezing': ({ model, trainable }, { numEpochs, stepsPerEpoch, learningRate }) => {
    const groups = layerGroups(model, trainable);
    return gradualUnfreezing({
      groups,
      numEpochs,
      stepsPerEpoch,
      peak: learningRate,
      rateOf: discriminativeRates(groups),
    });
  },
};

/** All {@link ScheduleName}s. */
export const SCHEDULE_NAMES: readonly ScheduleName[] = Object.keys(SCHEDULES) as ScheduleName[];

/**
 * The phases of a schedule.
 *
 * @throws {ConfigError} when a schedule needs a head and the model has none.
 */
export function phasesOf(name: ScheduleName, part: Trained, settings: ScheduleSettings): readonly Phase[] {
  return SCHEDULES[name](part, settings);
}

function rising({ numEpochs, stepsPerEpoch, learningRate }: ScheduleSettings): Pick<Phase, 'numSteps' | 'schedule'> {
  return withSteps(numEpochs * stepsPerEpoch, learningRate);
}

function withSteps(numSteps: number, rate: number): Pick<Phase, 'numSteps' | 'schedule'> {
  return { numSteps, schedule: risingTo(rate, numSteps) };
}

function risingTo(peak: number, numSteps: number): Schedule {
  return warmupLinear({ peak, warmupSteps: Math.ceil(numSteps * WARMUP_SHARE), numSteps: numSteps + 1 });
}
