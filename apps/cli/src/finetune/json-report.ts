import type { FineTuningEvent } from '@cloze/tasks';
import { jsonReport } from '../pretrain/json-report.ts';
import type { TuningEnd, TuningReport, TuningStart } from './report.ts';

/** One JSON object per line and event. */
export function jsonTuningReport(stream: NodeJS.WritableStream): TuningReport {
  return jsonReport<TuningStart, FineTuningEvent, TuningEnd>(stream, ({ secondsLeft }) => ({
    secondsLeft: Number(secondsLeft.toFixed(1)),
  }));
}
