import { flopsPerStep, type Configuration } from './configurations.ts';
import type { EngineName } from './engines.ts';
import { median, pairwiseRatios, spreadOf, type Spread } from './statistics.ts';

/** What was measured of one engine with one configuration. */
export interface EngineMeasurement {
  readonly engine: EngineName;
  /** By round: the median time of a step in milliseconds. */
  readonly rounds: readonly number[];
  /** The time of the first step in milliseconds: for the compiled engine, with compilation. */
  readonly firstStepMilliseconds: number;
  /** Of every step from the first, before its update, in nats per target. */
  readonly losses: readonly number[];
  /** Of every step from the first, before clipping. */
  readonly gradientNorms: readonly number[];
  /** In bytes, of a process that did nothing else. */
  readonly peakBytes: number;
  /** By round: the share of the machine's processors that something else used meanwhile, from 0 to 1. */
  readonly otherLoad: readonly number[];
}

/** What was measured with one configuration, the compiled engine first. */
export interface Measurement {
  readonly configuration: Configuration;
  readonly engines: readonly EngineMeasurement[];
  /** By round: floating point operations per second of the matrix product. */
  readonly roof: readonly number[];
}

/** What follows from a measurement for one engine. */
export interface EngineSummary {
  readonly engine: EngineName;
  readonly millisecondsPerStep: Spread;
  readonly tokensPerSecond: number;
  /** From 0 to 1. */
  readonly shareOfRoof: Spread;
  readonly peakBytes: number;
  /** Its time over the compiled engine's, round by round. */
  readonly timeOverCompiled: Spread;
  /** Peak memory over the compiled engine's. */
  readonly memoryOverCompiled: number;
  readonly agreement: Agreement;
}

/** How far an engine's figures are from the compiled engine's, after the same steps from the same weights. */
export interface Agreement {
  /** Of the first step. */
  readonly lossDifference: number;
  /** Of the first step, relative. */
  readonly gradientNormDifference: number;
  /** The last step that both have done, from 1, and how far apart the losses are there. */
  readonly lastStep: number;
  readonly lastLossDifference: number;
}

/** The largest differences between the compiled engine and eager tfjs, first step. */
export const TOLERANCE = { loss: 1e-5, gradientNorm: 1e-4 } as const;

/** Every engine beside the compiled one, which is the first. */
export function summarize({ configuration, engines, roof }: Measurement): EngineSummary[] {
  const [compiled] = engines;
  if (compiled === undefined) return [];
  const flops = flopsPerStep(configuration);
  const tokens = configuration.batchSize * configuration.sequenceLength;
  return engines.map((measured) => {
    const { engine, rounds, peakBytes } = measured;
    const flopsPerSecond = rounds.map((milliseconds) => (flops / milliseconds) * 1000);
    return {
      engine,
      millisecondsPerStep: spreadOf(rounds),
      tokensPerSecond: (tokens / median(rounds)) * 1000,
      shareOfRoof: spreadOf(pairwiseRatios(flopsPerSecond, roof)),
      peakBytes,
      timeOverCompiled: spreadOf(pairwiseRatios(rounds, compiled.rounds)),
      memoryOverCompiled: peakBytes / compiled.peakBytes,
      agreement: agreementOf(measured, compiled),
    };
  });
}

/** Compares the losses and gradient norms of two engines. */
export function agreementOf(
  measured: Pick<EngineMeasurement, 'losses' | 'gradientNorms'>,
  reference: Pick<EngineMeasurement, 'losses' | 'gradientNorms'>,
): Agreement {
  const lossDifferenceAt = (step: number): number =>
    Math.abs((measured.losses[step - 1] ?? Number.NaN) - (reference.losses[step - 1] ?? Number.NaN));
  const [norm = Number.NaN, referenceNorm = Number.NaN] = [measured.gradientNorms[0], reference.gradientNorms[0]];
  const lastStep = Math.min(measured.losses.length, reference.losses.length);
  return {
    lossDifference: lossDifferenceAt(1),
    gradientNormDifference: Math.abs(norm - referenceNorm) / referenceNorm,
    lastStep,
    lastLossDifference: lossDifferenceAt(lastStep),
  };
}

/** Whether the first step agrees within {@link TOLERANCE}; false where a figure is missing. */
export function agrees({ lossDifference, gradientNormDifference }: Agreement): boolean {
  return lossDifference <= TOLERANCE.loss && gradientNormDifference <= TOLERANCE.gradientNorm;
}
