import { formatCount, formatDuration, formatLoss, formatMillions, plural } from '../terminal/format.ts';
import { lossCurve, type LossPoint } from '../terminal/loss-curve.ts';
import { ProgressLine, type ProgressLineOptions } from '../terminal/progress-line.ts';
import { styleFor } from '../terminal/style.ts';
import type { RunReport, RunStart } from './report.ts';

const CURVE = { width: 72, height: 14 };
/** Speed is shown as a mean over about so many steps. */
const SPEED_STEPS = 20;

/** What a person wants to see: what is about to happen, how it is getting on, how it went, what to do next. */
export function terminalReport(stream: ProgressLineOptions['stream']): RunReport {
  const { bold, dim, green } = styleFor(stream);
  const training: LossPoint[] = [];
  const validation: LossPoint[] = [];
  let progress: ProgressLine | undefined;
  let speed: number | undefined;
  let entropy = 0;
  const write = (text: string): void => {
    stream.write(`${text}\n`);
  };

  return {
    start: (run) => {
      entropy = run.unigramEntropy;
      for (const [name, value] of facts(run)) write(`${dim(name.padEnd(10))} ${value}`);
      write('');
      progress = new ProgressLine({ stream, totalSteps: run.numSteps, firstStep: run.firstStep });
    },
    step: ({ step, loss, validationLoss, tokensPerSecond, checkpoint }) => {
      training.push({ step, loss });
      if (validationLoss !== undefined) validation.push({ step, loss: validationLoss });
      speed = speed === undefined ? tokensPerSecond : speed + (tokensPerSecond - speed) / SPEED_STEPS;
      progress?.update({ step, loss, validationLoss: validation.at(-1)?.loss, tokensPerSecond: speed });
      if (checkpoint !== undefined) progress?.note(dim(`saved ${checkpoint.path}`));
    },
    note: (message) => {
      if (progress === undefined) write(message);
      else progress.note(message);
    },
    end: ({ step, out, isComplete, seconds, next }) => {
      progress?.finish();
      const curve = lossCurve(training, validation, CURVE);
      if (curve !== '') {
        const legend = validation.length > 0 ? ', o = validation' : '';
        write(`\n${dim(`loss in nats per token${legend}`)}\n${curve}`);
      }
      const last = validation.at(-1);
      const result =
        last === undefined
          ? ''
          : `, validation loss ${bold(formatLoss(last.loss))} nats per token (perplexity ${Math.exp(last.loss).toPrecision(3)}; from token frequencies alone ${formatLoss(entropy)})`;
      write(
        `\n${green(isComplete ? 'Done' : 'Stopped')} after step ${formatCount(step)} in ${formatDuration(seconds)}${result}.`,
      );
      write(isComplete ? `The model is in ${out}.` : `The run is in ${out}.`);
      write(`Next: ${bold(next)}`);
    },
    close: () => {
      progress?.finish();
    },
  };
}

function facts(run: RunStart): [name: string, value: string][] {
  const perStep = run.batchSize * run.gradientAccumulation * run.sequenceLength;
  const rows = `${formatCount(run.batchSize * run.gradientAccumulation)} x ${formatCount(run.sequenceLength)}`;
  const from = run.firstStep === 0 ? '' : `, from step ${formatCount(run.firstStep)} on`;
  const passes = ((run.numSteps * perStep) / run.numTrainingTokens).toPrecision(2);
  return [
    ['model', `${run.family} ${run.preset}, ${formatMillions(run.numParameters)} parameters`],
    ['data', run.dataDescription],
    [
      'tokens',
      `${formatCount(run.numTrainingTokens)} to learn from, ${formatCount(run.numValidationTokens)} for validation; ${run.tokenizerDescription}`,
    ],
    [
      'training',
      `${formatCount(run.numSteps)} steps of ${rows} tokens (${passes} times the data)${from}, seed ${run.seed}`,
    ],
    ['engine', run.engine === 'tfjs' ? 'tfjs, not compiled' : `${run.engine}, ${plural(run.threads, 'thread')}`],
    ['output', run.out],
  ];
}
