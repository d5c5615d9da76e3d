import { flopsPerStep, numParameters } from './configurations.ts';
import type { Machine } from './machine.ts';
import { summarize, type EngineMeasurement, type EngineSummary, type Measurement } from './measurement.ts';

/** A whole run, as JSON has it. */
export interface Results {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  /** PyTorch's version. */
  readonly torch: string | undefined;
  readonly configurations: readonly ConfigurationResults[];
}

/** One configuration of a run: what was measured and what follows. */
export interface ConfigurationResults {
  readonly name: string;
  readonly numParameters: number;
  readonly tokensPerStep: number;
  readonly flopsPerStep: number;
  /** By round, floating point operations per second. */
  readonly roof: readonly number[];
  readonly engines: readonly (EngineMeasurement & EngineSummary)[];
}

/** Everything that a run found out. */
export function toResults(machine: Machine, torch: string | undefined, measurements: readonly Measurement[]): Results {
  return {
    date: new Date().toISOString(),
    machine,
    torch,
    configurations: measurements.map((measurement) => {
      const { configuration, engines, roof } = measurement;
      const summaries = summarize(measurement);
      return {
        name: configuration.name,
        numParameters: numParameters(configuration.model),
        tokensPerStep: configuration.batchSize * configuration.sequenceLength,
        flopsPerStep: flopsPerStep(configuration),
        roof,
        engines: engines.flatMap((measured, index) => {
          const summary = summaries[index];
          return summary === undefined ? [] : [{ ...measured, ...summary }];
        }),
      };
    }),
  };
}
