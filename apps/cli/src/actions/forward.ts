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
  type HostTensor,
} from '@cloze/core';
import { loadPretrained } from '@cloze/hub';
import { writeFolder } from '@cloze/hub';
import type * as tf from '@tensorflow/tfjs';
import type { Command } from 'commander';
import * as z from 'zod';
import { createEngine, ENGINE_NAMES, prepareTfjs } from '../engines.ts';
import { FAMILIES } from '../families.ts';
import { runModel, type ModelRun } from '../forward/run-model.ts';
import { modelFolder } from '../run-folder.ts';
import { choice, readSettings, text, toggle, wholeNumber } from '../settings.ts';
import { formatCount } from '../terminal/format.ts';

const forwardSettings = z.object({
  inputs: text(),
  output: text(),
  gradients: toggle().default(false),
  engine: choice(ENGINE_NAMES).default('onnxruntime'),
  threads: wholeNumber({ max: 1024 }).optional(),
  json: toggle().default(false),
});

/** `cloze forward`. */
export async function forward(folder: string, command: Command): Promise<void> {
  const { settings } = await readSettings(command, forwardSettings);
  prepareTfjs();
  const { labels, ...inputs } = await readInputs(settings.inputs);
  if (settings.gradients && labels === undefined) throw noLabels(settings.inputs);
  const { family, config, task, model } = await loadPretrained(FAMILIES, await modelFolder(folder));
  const run = await runModel(model, inputs, {
    task,
    labels,
    wantsGradients: settings.gradients,
    engine: createEngine(settings.engine, { threads: settings.threads }),
  });
  const outputs = await toOutputTensors(run);
  if (run.gradients !== undefined) {
    const gradients = await toCheckpointTensors(run.gradients, family.checkpointNames(config, task));
    for (const [name, tensor] of gradients) outputs.set(`grad.${name}`, tensor);
  }
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

/** `input.attention_mask` of the file as `attentionMask`; integers as int32. */
async function readInputs(file: string): Promise<Record<string, tf.Tensor>> {
  const { tensors } = parseSafetensors(await readInputFile(file), file);
  const inputs = [...tensors].filter(([name]) => name.startsWith('input.'));
  const entries = inputs.map(([name, tensor]) => [toCamelCase(name.slice('input.'.length)), toTensor(tensor)] as const);
  const named = Object.fromEntries(entries);
  if (named.inputIds !== undefined) return named;
  throw new ClozeError('DATA_INVALID', {
    message: 'The file must hold the tensor input.input_ids, found none.',
    hint: 'Name inputs as input.input_ids, input.attention_mask, input.labels.',
    file,
  });
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

async function toOutputTensors({
  logits,
  lastHiddenState,
  hiddenStates,
  loss,
}: ModelRun): Promise<Map<string, HostTensor>> {
  const named: [string, tf.Tensor | undefined][] = [
    ...hiddenStates.map((state, index): [string, tf.Tensor] => [`output.hidden_states.${index}`, state]),
    ['output.last_hidden_state', lastHiddenState],
    ['output.logits', logits],
    ['output.loss', loss],
  ];
  const outputs = new Map<string, HostTensor>();
  for (const [name, tensor] of named) if (tensor !== undefined) outputs.set(name, await toHostTensor(tensor));
  return outputs;
}

function noLabels(file: string): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: 'Gradients need a loss, and a loss needs the tensor input.labels; found none.',
    hint: 'Add input.labels, or leave --gradients out.',
    file,
  });
}

function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
