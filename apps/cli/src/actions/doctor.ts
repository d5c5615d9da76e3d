import { availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os';
import { LIMITS, ERROR_CODES } from '@cloze/core';
import { jit } from '@cloze/jit';
import * as tf from '@tensorflow/tfjs';
import type { Command } from 'commander';
import * as z from 'zod';
import { createEngine, ENGINE_NAMES, prepareTfjs, type EngineName } from '../engines.ts';
import { reportOf } from '../error-report.ts';
import { readSettings, toggle } from '../settings.ts';
import { formatBytes } from '../terminal/format.ts';
import { styleFor } from '../terminal/style.ts';

const doctorSettings = z.object({ json: toggle().default(false) });

interface EngineVerdict {
  readonly name: EngineName;
  readonly isAvailable: boolean;
  /** Billions of floating point operations per second in a matrix product. */
  readonly gigaflops?: number;
  readonly problem?: string;
}

/** `cloze doctor`. */
export async function doctor(command: Command): Promise<void> {
  const { settings } = await readSettings(command, doctorSettings);
  prepareTfjs();
  const engines: EngineVerdict[] = [];
  for (const name of ENGINE_NAMES) engines.push(await examine(name));
  const machine = {
    node: process.version,
    system: `${platform()} ${release()} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  };
  if (settings.json) {
    const exitCodes = Object.fromEntries(Object.entries(ERROR_CODES).map(([code, { exitCode }]) => [code, exitCode]));
    process.stdout.write(
      `${JSON.stringify({ ...machine, tfjs: tf.version_core, engines, limits: LIMITS, exitCodes })}\n`,
    );
    return;
  }
  const { bold, dim, green, red } = styleFor(process.stdout);
  const rows: [string, string][] = [
    ['node', machine.node],
    ['system', machine.system],
    ['processor', `${machine.processor}, ${machine.cores} cores`],
    ['memory', `${formatBytes(machine.memoryBytes)}, ${formatBytes(machine.freeMemoryBytes)} free`],
    ...engines.map(({ name, isAvailable, gigaflops = 0, problem = '' }): [string, string] => [
      name,
      isAvailable
        ? `${green('runs')}, ${gigaflops.toPrecision(2)} GFLOP/s in a matrix product`
        : `${red('does not run')}: ${problem}`,
    ]),
  ];
  for (const [name, value] of rows) process.stdout.write(`${dim(name.padEnd(12))} ${value}\n`);
  const isFast = engines.some(({ name, isAvailable }) => name === 'onnxruntime' && isAvailable);
  process.stdout.write(
    isFast
      ? `\nAll well. Next: ${bold('cloze pretrain')}\n`
      : `\nTraining works, but slowly (--engine tfjs). For the fast engine: ${bold('npm install onnxruntime-node koffi')}\n`,
  );
}

const SIZE = 512;
const SECONDS = 0.3;

async function examine(name: EngineName): Promise<EngineVerdict> {
  const multiply = jit((a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor => tf.sum(tf.matMul(a, b)), {
    engine: createEngine(name, { threads: undefined }),
  });
  const matrix = tf.ones<tf.Rank.R2>([SIZE, SIZE]);
  try {
    (await multiply(matrix, matrix)).dispose();
    const started = performance.now();
    let products = 0;
    let seconds = 0;
    do {
      const sum = await multiply(matrix, matrix);
      await sum.data();
      sum.dispose();
      products++;
      seconds = (performance.now() - started) / 1000;
    } while (seconds < SECONDS);
    return { name, isAvailable: true, gigaflops: Number(((products * 2 * SIZE ** 3) / seconds / 1e9).toPrecision(3)) };
  } catch (error) {
    // What is missing is the answer here, not a failure.
    return { name, isAvailable: false, problem: reportOf(error).message };
  } finally {
    matrix.dispose();
    multiply.dispose();
  }
}
