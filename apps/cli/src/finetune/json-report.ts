import { stepFields } from '../pretrain/json-report.ts';
import type { TuningReport } from './report.ts';

/** One JSON object per line and event. */
export function jsonTuningReport(stream: NodeJS.WritableStream): TuningReport {
  const write = (event: string, fields: object): void => {
    stream.write(`${JSON.stringify({ event, ...fields })}\n`);
  };
  return {
    start: (run) => {
      write('start', run);
    },
    step: ({ checkpoint, secondsLeft, ...event }) => {
      write('step', { ...stepFields(event), secondsLeft: Number(secondsLeft.toFixed(1)) });
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
