import { metricsTable, spelled, withInterval } from '../tasks/metrics-table.ts';
import { formatCount, formatDuration, formatLoss, formatMillions, plural } from '../terminal/format.ts';
import { ProgressLine, type ProgressLineOptions } from '../terminal/progress-line.ts';
import { styleFor } from '../terminal/style.ts';
import type { TuningReport, TuningStart } from './report.ts';

/** What a person wants to see: what is about to happen, how it is getting on, how good it became, what to do next. */
export function terminalTuningReport(stream: ProgressLineOptions['stream']): TuningReport {
  const { bold, dim, green } = styleFor(stream);
  let progress: ProgressLine | undefined;
  let validationLoss: number | undefined;
  let phaseName: string | undefined;
  const write = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    start: (run) => {
      for (const [name, value] of facts(run)) write(`${dim(name.padEnd(10))} ${value}`);
      write('');
      progress = new ProgressLine({ stream, totalSteps: run.numSteps, firstStep: run.firstStep });
      phaseName = run.phases.length > 1 ? '' : run.phases[0]?.name;
    },
    step: ({ step, phase, loss, tokensPerSecond, checkpoint, validation, ...event }) => {
      if (phase.name !== phaseName) progress?.note(dim(`phase "${phase.name}": ${trained(phase)}`));
      phaseName = phase.name;
      validationLoss = event.validationLoss ?? validationLoss;
      progress?.update({ step, loss, validationLoss, tokensPerSecond });
      const [first] = Object.entries(validation ?? {});
      if (first !== undefined)
        progress?.note(
          `step ${formatCount(step)}: ${spelled(first[0])} ${withInterval(first[1])}, validation loss ${formatLoss(event.validationLoss ?? Number.NaN)}`,
        );
      if (checkpoint !== undefined) progress?.note(dim(`saved ${checkpoint.path}`));
    },
    note: (message) => {
      if (progress === undefined) write(message);
      else progress.note(message);
    },
    end: ({ step, out, seconds, metrics, next }) => {
      progress?.finish();
      write(`\n${green('Done')} after step ${formatCount(step)} in ${formatDuration(seconds)}. It is in ${out}.`);
      if (Object.keys(metrics).length > 0) {
        write(dim('on the validation rows, with 95 % intervals'));
        for (const line of metricsTable(metrics)) write(`  ${line}`);
      }
      write(`Next: ${bold(next)}`);
    },
    close: () => {
      progress?.finish();
    },
  };
}

const MOST_LABELS = 12;

function facts(run: TuningStart): [name: string, value: string][] {
  const { labels, phases } = run;
  const shown = labels.length > MOST_LABELS ? `${labels.slice(0, MOST_LABELS).join(', ')}, ...` : labels.join(', ');
  const from = run.firstStep === 0 ? '' : `, from step ${formatCount(run.firstStep)} on`;
  return [
    ['model', `${run.model} (${run.family}, ${formatMillions(run.numParameters)} parameters)`],
    ['task', labels.length < 2 ? run.task : `${run.task}, ${formatCount(labels.length)} labels: ${shown}`],
    [
      'data',
      `${run.dataDescription}: ${formatCount(run.numTrainingRows)} rows to learn from, ${formatCount(run.numValidationRows)} for validation`,
    ],
    ['method', `${run.method}: ${trained(run)}`],
    [
      'schedule',
      `${run.schedule}: ${phases.map(({ name, numSteps }) => `${name} ${plural(numSteps, 'step')}`).join(', then ')}`,
    ],
    [
      'training',
      `${plural(run.numEpochs, 'epoch')} of ${formatCount(run.batchSize)} rows at a time, rate ${run.learningRate}${from}, seed ${run.seed}`,
    ],
    ['engine', run.engine === 'tfjs' ? 'tfjs, not compiled' : `${run.engine}, ${plural(run.threads, 'thread')}`],
    ['output', run.out],
  ];
}

function trained({ numTrainable, numParameters }: { numTrainable: number; numParameters?: number }): string {
  const share = numParameters === undefined ? '' : ` (${((100 * numTrainable) / numParameters).toPrecision(3)} %)`;
  return `${formatCount(numTrainable)} trained parameters${share}`;
}
