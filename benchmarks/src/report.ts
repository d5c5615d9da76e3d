import { flopsPerStep, numParameters, type Configuration } from './configurations.ts';
import { ENGINE_TITLES, type EngineName } from './engines.ts';
import { formatBytes, formatMilliseconds, formatNumber, formatRatio } from './format.ts';
import type { Machine } from './machine.ts';
import { agrees, summarize, TOLERANCE, type EngineSummary, type Measurement } from './measurement.ts';
import { median, spreadOf, type Spread } from './statistics.ts';
import { textTable } from './text-table.ts';

/** Above this, something else was running and the figures say little. */
const MAX_OTHER_LOAD = 0.05;

/** The whole report as text. */
export function report(
  machine: Machine,
  torchVersion: string | undefined,
  measurements: readonly Measurement[],
): string {
  return [
    headline(machine, torchVersion),
    speedTable(measurements),
    agreementTable(measurements),
    ...targetLines(measurements),
    loadLine(measurements),
  ].join('\n\n');
}

/** The machine and the sources on one line. */
export function machineLine(
  { processor, numProcessors, node, commit }: Machine,
  ...versions: readonly string[]
): string {
  return [processor, `${numProcessors} processors`, `Node ${node}`, ...versions, `commit ${commit}`].join(', ');
}

/** Machine and versions on one line. */
export function headline(machine: Machine, torchVersion: string | undefined): string {
  const torch =
    torchVersion === undefined
      ? 'no PyTorch found (CLOZE_PYTHON names a Python that has it)'
      : `PyTorch ${torchVersion}`;
  return machineLine(machine, torch);
}

function speedTable(measurements: readonly Measurement[]): string {
  const rows = measurements.flatMap((measurement, index) => [
    ...(index === 0 ? [] : [[]]),
    ...summarize(measurement).map((summary) => speedRow(measurement.configuration, summary)),
  ]);
  const columns = [
    { title: 'model', align: 'left' },
    { title: 'engine', align: 'left' },
    { title: 'ms/step' },
    { title: 'min-max' },
    { title: 'tokens/s' },
    { title: 'GFLOP/s' },
    { title: 'of roof' },
    { title: 'peak memory' },
    { title: 'compiled is faster', align: 'left' },
  ] as const;
  const legends = measurements.map(legend);
  return [textTable(columns, rows), '', ...legends].join('\n');
}

function speedRow(configuration: Configuration, summary: EngineSummary): string[] {
  const { engine, millisecondsPerStep, tokensPerSecond, shareOfRoof, peakBytes, timeOverCompiled } = summary;
  const { median: milliseconds, min, max } = millisecondsPerStep;
  return [
    configuration.name,
    ENGINE_TITLES[engine],
    formatMilliseconds(milliseconds),
    min === max ? '' : `${formatMilliseconds(min)}-${formatMilliseconds(max)}`,
    formatNumber(tokensPerSecond),
    formatNumber(flopsPerStep(configuration) / milliseconds / 1e6, milliseconds > 1e3 ? 1 : 0),
    formatNumber(shareOfRoof.median * 100, shareOfRoof.median < 0.1 ? 1 : 0) + ' %',
    formatBytes(peakBytes),
    engine === 'compiled' ? '' : formatRatio(timeOverCompiled),
  ];
}

function legend({ configuration, roof, engines }: Measurement): string {
  const { name, model, batchSize, sequenceLength } = configuration;
  const size = `${model.numLayers} layers x ${model.hiddenSize}, ${formatNumber(numParameters(model) / 1e6, 1)} M parameters`;
  const batch = `${batchSize} x ${sequenceLength} tokens, ${formatNumber(flopsPerStep(configuration) / 1e9, 1)} GFLOP a step`;
  const product = `matrix product ${formatNumber(median(roof) / 1e9)} GFLOP/s`;
  const first = engines
    .map(
      ({ engine, firstStepMilliseconds }) =>
        `${ENGINE_TITLES[engine]} ${formatNumber(firstStepMilliseconds / 1000, 1)} s`,
    )
    .join(', ');
  return `${name}: ${size}; ${batch}; ${product}; first step: ${first}`;
}

function agreementTable(measurements: readonly Measurement[]): string {
  const rows = measurements.flatMap((measurement) =>
    summarize(measurement).map(({ engine, agreement }, index) => {
      const measured = measurement.engines[index];
      const { lossDifference, gradientNormDifference, lastStep, lastLossDifference } = agreement;
      const isReference = engine === 'compiled';
      return [
        measurement.configuration.name,
        ENGINE_TITLES[engine],
        measured?.losses[0]?.toFixed(6) ?? '',
        isReference ? '' : lossDifference.toExponential(1),
        measured?.gradientNorms[0]?.toFixed(6) ?? '',
        isReference ? '' : gradientNormDifference.toExponential(1),
        `${measured?.losses[lastStep - 1]?.toFixed(4) ?? ''} (${lastStep})`,
        isReference ? '' : lastLossDifference.toExponential(1),
        isReference ? '' : verdictOf(engine, agrees(agreement)),
      ];
    }),
  );
  const columns = [
    { title: 'model', align: 'left' },
    { title: 'engine', align: 'left' },
    { title: 'loss, step 1' },
    { title: 'off by' },
    { title: 'gradient norm' },
    { title: 'off by, relative' },
    { title: 'loss (step)' },
    { title: 'off by' },
    { title: '', align: 'left' },
  ] as const;
  const legend = `Same weights and batches in all engines. The first step must agree with eager tfjs: loss within ${TOLERANCE.loss.toExponential()}, gradient norm within ${TOLERANCE.gradientNorm.toExponential()} relative.`;
  return `${textTable(columns, rows)}\n\n${legend}`;
}

/** Only eager tfjs is the oracle; PyTorch's sums are ordered differently and stand there to be seen. */
function verdictOf(engine: EngineName, isEqual: boolean): string {
  if (engine === 'pytorch') return '';
  return isEqual ? 'agrees' : 'DIFFERS';
}

/** Whether the compiled engine agrees with every eager one that was measured. */
export function allAgree(measurements: readonly Measurement[]): boolean {
  return measurements
    .flatMap(summarize)
    .every(({ engine, agreement }) => engine === 'compiled' || engine === 'pytorch' || agrees(agreement));
}

function targetLines(measurements: readonly Measurement[]): string[] {
  const lines = measurements.flatMap((measurement) => {
    const { name, targets, memoryTarget } = measurement.configuration;
    return summarize(measurement).flatMap(({ engine, timeOverCompiled, memoryOverCompiled }) => {
      const target = targets[engine];
      const memory = 1 / memoryOverCompiled;
      return [
        ...(target === undefined ? [] : [speedTarget(name, engine, timeOverCompiled, target)]),
        ...(memoryTarget === undefined || engine !== 'pytorch'
          ? []
          : [
              `${verdict(memory <= memoryTarget)}  ${name}: ${memory.toFixed(2)} of PyTorch's peak memory, target <= ${memoryTarget}`,
            ]),
      ];
    });
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function speedTarget(name: string, engine: EngineName, ratio: Spread, target: number): string {
  return `${verdict(ratio.median >= target)}  ${name}: ${formatRatio(ratio)} as fast as ${ENGINE_TITLES[engine]}, target >= ${target}x`;
}

function verdict(isMet: boolean): string {
  return isMet ? 'met   ' : 'missed';
}

function loadLine(measurements: readonly Measurement[]): string {
  const { median: usual, max } = spreadOf(
    measurements.flatMap(({ engines }) => engines.flatMap(({ otherLoad }) => otherLoad)),
  );
  const figures = `Other processes used ${formatNumber(usual * 100, 1)} % of the processors while an engine was measured, at most ${formatNumber(max * 100, 1)} %.`;
  return usual <= MAX_OTHER_LOAD
    ? figures
    : `${figures} The machine was not idle: times are too long and ratios uncertain.`;
}
