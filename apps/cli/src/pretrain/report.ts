import type { TrainingEvent } from '@cloze/training';

/** A run before its first step. */
export interface RunStart {
  readonly family: string;
  readonly preset: string;
  readonly out: string;
  /** Of the model, tied ones once. */
  readonly numParameters: number;
  readonly vocabSize: number;
  /** For people. */
  readonly dataDescription: string;
  readonly tokenizerDescription: string;
  readonly numTrainingTokens: number;
  readonly numValidationTokens: number;
  /** Of the training tokens, in nats per token. */
  readonly unigramEntropy: number;
  readonly sequenceLength: number;
  readonly batchSize: number;
  readonly gradientAccumulation: number;
  /** Steps in all. */
  readonly numSteps: number;
  /** Steps that an earlier call has done. */
  readonly firstStep: number;
  readonly engine: string;
  readonly threads: number;
  readonly seed: number;
}

/** A run after its last step. */
export interface RunEnd {
  readonly step: number;
  readonly out: string;
  /** Whether all steps are done; otherwise `--stop-after` ended this call. */
  readonly isComplete: boolean;
  /** Of this call, in seconds. */
  readonly seconds: number;
  /** The command to run next. */
  readonly next: string;
}

/** Tells the world about a run: on a terminal, or as JSON. */
export interface RunReport<Start = RunStart, Event extends TrainingEvent = TrainingEvent, End = RunEnd> {
  start(run: Start): void;
  step(event: Event): void;
  /** Something that a person should know. */
  note(message: string): void;
  end(run: End): void;
  /** The run was interrupted or failed: leave the terminal in order. */
  close(): void;
}

/** The bits of a float32, in hexadecimal: equal bits, equal runs. */
export function float32Bits(value: number): string {
  const [bits = 0] = new Uint32Array(Float32Array.of(value).buffer);
  return bits.toString(16).padStart(8, '0');
}
