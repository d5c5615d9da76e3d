import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClozeError, isJsonObject, parseJson, type JsonObject, type JsonValue } from '@cloze/core';
import type { Configuration } from './configurations.ts';
import { formatMilliseconds, formatNumber } from './format.ts';
import { mean } from './statistics.ts';
import { textTable } from './text-table.ts';
import { TrainingRun } from './training-run.ts';

const WARM_UP_STEPS = 3;
const NUM_STEPS = 10;
const NUM_SHOWN = 30;

/** The time that operators of one kind take in a step. */
export interface OperatorTime {
  readonly operator: string;
  /** Of its inputs, as `12x64x128, 128`. */
  readonly shapes: string;
  readonly numCallsPerStep: number;
  readonly millisecondsPerStep: number;
}

/** Profiles the compiled step of a configuration with ONNX Runtime's own profiler, and says where its time goes. */
export async function operatorProfile(configuration: Configuration): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-profile-'));
  try {
    const numThreads = availableParallelism();
    const run = await TrainingRun.open({
      configuration,
      engine: 'compiled',
      numThreads,
      profile: join(folder, 'step'),
    });
    await run.run(WARM_UP_STEPS);
    const { milliseconds } = await run.run(NUM_STEPS);
    run.dispose();
    const profiles = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
    const maxBytes = Number.POSITIVE_INFINITY;
    return profileTable(
      profiles.flatMap((text) => operatorTimes(parseJson(text, { maxBytes }))),
      mean(milliseconds),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Adds up the operators of ONNX Runtime's trace, means over the last runs, longest first. The first runs are the warm-up.
 *
 * @param trace events as in Chrome's trace format, times in microseconds.
 * @throws {ClozeError} `JSON_TYPE` when it is no trace or holds too few runs.
 */
export function operatorTimes(trace: JsonValue, numWarmUpRuns: number = WARM_UP_STEPS): OperatorTime[] {
  const events = Array.isArray(trace) ? trace.filter(isJsonObject) : [];
  const runs = events.filter(({ name }) => name === 'model_run').map((event) => numberIn(event, 'ts'));
  const begin = runs.toSorted((a, b) => a - b)[numWarmUpRuns];
  if (begin === undefined) {
    throw new ClozeError('JSON_TYPE', {
      message: `ONNX Runtime's profile must hold more than ${numWarmUpRuns} runs, got ${runs.length}.`,
      hint: 'Report this: the format of profiles may have changed.',
    });
  }
  const sums = new Map<string, { calls: number; microseconds: number }>();
  for (const event of events.filter(isKernel)) {
    if (numberIn(event, 'ts') < begin) continue;
    const key = operatorOf(event);
    const { calls, microseconds } = sums.get(key) ?? { calls: 0, microseconds: 0 };
    sums.set(key, { calls: calls + 1, microseconds: microseconds + numberIn(event, 'dur') });
  }
  const numRuns = runs.length - numWarmUpRuns;
  return [...sums]
    .map(([key, { calls, microseconds }]) => {
      const [operator = '', shapes = ''] = key.split('|');
      return { operator, shapes, numCallsPerStep: calls / numRuns, millisecondsPerStep: microseconds / numRuns / 1000 };
    })
    .toSorted((a, b) => b.millisecondsPerStep - a.millisecondsPerStep);
}

function isKernel({ cat, name }: JsonObject): boolean {
  return cat === 'Node' && typeof name === 'string' && name.endsWith('_kernel_time');
}

/** `MatMul|768x128, 128x65`. */
function operatorOf({ args }: JsonObject): string {
  const { op_name: operator, input_type_shape: inputs } = isJsonObject(args) ? args : {};
  // One object for each input, from the element type to the shape.
  const shapes = Array.isArray(inputs)
    ? inputs.flatMap((input: JsonValue) => (isJsonObject(input) ? Object.values(input) : []))
    : [];
  const texts = shapes.map((shape) => (Array.isArray(shape) ? (shape.length === 0 ? 'scalar' : shape.join('x')) : ''));
  return `${typeof operator === 'string' ? operator : 'unknown'}|${texts.join(', ')}`;
}

function numberIn(event: JsonObject, field: string): number {
  const value = event[field];
  return typeof value === 'number' ? value : Number.NaN;
}

const MAX_SHAPE_CHARACTERS = 70;

/** @param millisecondsPerStep as the caller sees it. */
export function profileTable(times: readonly OperatorTime[], millisecondsPerStep: number): string {
  const total = times.reduce((sum, { millisecondsPerStep: time }) => sum + time, 0);
  const share = (milliseconds: number): string => `${formatNumber((milliseconds / millisecondsPerStep) * 100, 1)} %`;
  const rows = times
    .slice(0, NUM_SHOWN)
    .map(({ operator, shapes, numCallsPerStep, millisecondsPerStep: milliseconds }) => [
      operator,
      formatNumber(numCallsPerStep),
      formatMilliseconds(milliseconds),
      share(milliseconds),
      shapes.length > MAX_SHAPE_CHARACTERS ? `${shapes.slice(0, MAX_SHAPE_CHARACTERS)}...` : shapes,
    ]);
  const columns = [
    { title: 'operator', align: 'left' },
    { title: 'calls/step' },
    { title: 'ms/step' },
    { title: 'share' },
    { title: 'inputs', align: 'left' },
  ] as const;
  const rest = millisecondsPerStep - total;
  return [
    textTable(columns, rows),
    '',
    `A step takes ${formatMilliseconds(millisecondsPerStep)} ms with the profiler on: ${formatMilliseconds(total)} ms in ${times.length} kinds of operators, ` +
      `${formatMilliseconds(rest)} ms (${share(rest)}) outside of them: updates in place, and handing over tensors.`,
  ].join('\n');
}
