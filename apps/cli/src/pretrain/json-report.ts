import type { TrainingEvent } from '@cloze/training';
import { float32Bits, type RunEnd, type RunReport, type RunStart } from './report.ts';

/** One JSON object per line and event. `moreFields` is what a kind of run tells of a step beside that. */
export function jsonReport<
  Start extends object = RunStart,
  Event extends TrainingEvent = TrainingEvent,
  End extends object = RunEnd,
>(stream: NodeJS.WritableStream, moreFields: (event: Event) => object = () => ({})): RunReport<Start, Event, End> {
  const write = (event: string, fields: object): void => {
    stream.write(`${JSON.stringify({ event, ...fields })}\n`);
  };
  return {
    start: (run) => {
      write('start', run);
    },
    step: (event) => {
      const { checkpoint, ...rest } = event;
      write('step', { ...stepFields(rest), ...moreFields(event) });
      if (checkpoint !== undefined) write('checkpoint', checkpoint);
    },
    note: (message) => {
      write('note', { message });
    },
    end: (run) => {
      write('end', run);
    },
    close: () => undefined,
  };
}

/** What is told of a step: bits beside the numbers that two equal runs share, and speeds without noise. */
function stepFields({
  phase,
  loss,
  gradientNorm,
  metrics,
  validationMetrics,
  tokensPerSecond,
  millisecondsPerStep,
  gigaflopsPerSecond,
  ...rest
}: Omit<TrainingEvent, 'checkpoint'>): object {
  return {
    ...rest,
    phase: phase.name,
    ...metrics,
    ...(validationMetrics === undefined ? {} : { validationMetrics }),
    loss,
    lossBits: float32Bits(loss),
    gradientNorm,
    gradientNormBits: float32Bits(gradientNorm),
    tokensPerSecond: Math.round(tokensPerSecond),
    millisecondsPerStep: Number(millisecondsPerStep.toFixed(3)),
    gigaflopsPerSecond: Number(gigaflopsPerSecond.toFixed(3)),
  };
}
