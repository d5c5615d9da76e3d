import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import {
  ClozeError,
  disposeModule,
  parseSafetensors,
  safetensorsChunks,
  toCheckpointTensors,
  toHostTensor,
  toTensor,
  type CheckpointNames,
  type HostTensor,
  type ParameterFilter,
} from '@cloze/core';
import { writeFolder } from '@cloze/hub';
import { TASK_LOSSES, taskTargets } from '@cloze/objectives';
import type * as tf from '@tensorflow/tfjs';
import type { Command } from 'commander';
import * as z from 'zod';
import { createEngine, ENGINE_NAMES, prepareTfjs } from '../engines.ts';
import { namesInMemory } from '../forward/names-in-memory.ts';
import { runModel, type ModelRun } from '../forward/run-model.ts';
import { toCamelCase, toSnakeCase } from '../forward/tensor-names.ts';
import { loadModel } from '../load-model.ts';
import { choice, readSettings, text, toggle, wholeNumber } from '../settings.ts';
import { formatCount } from '../terminal/format.ts';

const forwardSettings = z.object({
  inputs: text(),
  output: text(),
  gradients: toggle().default(false),
  adapter: text().optional(),
  engine: choice(ENGINE_NAMES).default('onnxruntime'),
  threads: wholeNumber({ max: 1024 }).optional(),
  json: toggle().default(false),
});

/** `cloze forward`. */
export async function forward(folder: string, command: Command): Promise<void> {
  const { settings } = await readSettings(command, forwardSettings);
  prepareTfjs();
  const tensors = await readInputs(settings.inputs);
  const { family, config, task, model, adapter } = await loadModel({ model: folder, adapter: settings.adapter });
  const names = adapter === undefined ? family.checkpointNames(config, task) : namesInMemory(adapter);
  if (settings.gradients && taskTargets(task, tensors) === undefined) throw noTargets(settings.inputs, task);
  const run = await runModel(model, tensors, {
    task,
    differentiated: settings.gradients ? isTrained(names) : undefined,
    engine: createEngine(settings.engine, { threads: settings.threads }),
  });
  const outputs = await toOutputTensors(run);
  const gradients = await toCheckpointTensors(run.gradients ?? {}, names);
  for (const [name, tensor] of gradients) outputs.set(`grad.${name}`, tensor);
  disposeModule(model);
  const { output } = settings;
  await writeFolder(dirname(output), [{ name: basename(output), chunks: safetensorsChunks(outputs) }]);
  const [loss] = outputs.get('output.loss')?.data ?? [];
  process.stdout.write(
    settings.json
      ? `${JSON.stringify({ task, output, tensors: outputs.size, ...(loss === undefined ? {} : { loss: Number(loss) }) })}\n`
      : `Wrote ${formatCount(outputs.size)} tensors to ${output}${loss === undefined ? '' : `; loss ${Number(loss).toFixed(6)}`}.\n`,
  );
}

/** What has a name in published files and is no buffer. */
function isTrained({ entries }: CheckpointNames): ParameterFilter {
  return (path) => Object.hasOwn(entries, path) && entries[path]?.isBuffer !== true;
}

/** `input.attention_mask` of the file as `attentionMask`; integers as int32. */
async function readInputs(file: string): Promise<Record<string, tf.Tensor>> {
  const { tensors } = parseSafetensors(await readInputFile(file), file);
  const inputs = [...tensors].filter(([name]) => name.startsWith('input.'));
  if (inputs.length === 0) {
    throw new ClozeError('DATA_INVALID', {
      message: 'The file must hold tensors named input.NAME, found none.',
      hint: 'Name inputs as input.input_ids, input.attention_mask, input.labels.',
      file,
    });
  }
  return Object.fromEntries(
    inputs.map(([name, tensor]) => [toCamelCase(name.slice('input.'.length)), toTensor(tensor)]),
  );
}

async function readInputFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    throw new ClozeError('DATA_INVALID', {
      message: 'The file must exist, found none.',
      hint: 'Check the path after --inputs.',
      file,
      cause,
    });
  }
}

async function toOutputTensors({ outputs, loss }: ModelRun): Promise<Map<string, HostTensor>> {
  const host = new Map<string, HostTensor>();
  for (const [name, tensor] of Object.entries(outputs)) host.set(`output.${name}`, await toHostTensor(tensor));
  if (loss !== undefined) host.set('output.loss', await toHostTensor(loss));
  return host;
}

function noTargets(file: string, task: string): ClozeError {
  const names = TASK_LOSSES[task]?.targets.map((name) => `input.${toSnakeCase(name)}`);
  return new ClozeError('DATA_INVALID', {
    message: `Gradients need a loss, and the loss of ${task} ${names === undefined ? 'is not known' : `needs ${names.join(' and ')}; not all are there`}.`,
    hint: 'Add what is missing, or leave --gradients out.',
    file,
  });
}
