import { CheckpointError, disposeModule, parametersOf, placeholderParameters, type JsonObject } from '@cloze/core';
import { disposeAdapter, methodConfig, type AdaptedModel } from '@cloze/peft';
import * as tf from '@tensorflow/tfjs';
import { findFamily, findTask, readConfig, type AnyFamily } from './auto.ts';
import { putAdapter } from './load-adapter.ts';
import { loadPretrained, type Pretrained } from './load-pretrained.ts';
import { memoryRepository } from './memory-repository.ts';
import { openRepository } from './open-repository.ts';
import { openAdapter, readAdapter, type AdapterOptions, type SavedAdapter } from './read-adapter.ts';
import type { Repository } from './repository.ts';
import { jsonFile } from './save-pretrained.ts';
import { readWeightsHeader } from './weights.ts';

/** A model with an adapter. `model` owns all parameters, those of the base included. */
export interface PretrainedAdapted extends Pretrained {
  readonly adapter: AdaptedModel;
}

/**
 * Loads a model with an adapter on it, for the adapter's task. A head that the adapter brings along replaces that of the base, which may have none.
 *
 * The tokenizer is the adapter's where its folder has one. The task is that of the `config.json` in the adapter's folder, which {@link savePretrainedAdapter} can write; else the one that `task_type` means; else
 * the base's.
 *
 * @param source the base's folder, or its repository on the hub.
 * @param adapterSource the same of the adapter.
 * @throws as `loadPretrained` and `loadPretrainedAdapter`.
 */
export async function loadAdapted(
  families: readonly AnyFamily[],
  source: string | Repository,
  adapterSource: string | Repository,
  options: AdapterOptions = {},
): Promise<PretrainedAdapted> {
  const repository = await openRepository(source);
  const adapterRepository = await openAdapter(adapterSource, options);
  const adapter = await readAdapter(adapterRepository);
  const { json, file } = await readConfig(repository);
  const family = findFamily(families, json, file);
  const ownTask = findTask(family, json, file);
  const task =
    adapter.configJson === undefined
      ? taskOfType(family, ownTask, adapter.config['task_type'])
      : findTask(family, adapter.configJson, adapter.file);
  const isOwn = task === ownTask;
  const configJson =
    adapter.configJson ?? (isOwn ? json : await newHeadConfig(repository, { family, json, task, adapter }));
  const base = await loadPretrained(families, overlaid(repository, configJson, adapterRepository), {
    task,
    missing: placeholderParameters(),
    allowUnexpected: () => !isOwn,
  });
  return adaptedOf(base, adapter);
}

async function adaptedOf(base: Pretrained, adapter: SavedAdapter): Promise<PretrainedAdapted> {
  try {
    const adapted = await putAdapter(base, adapter);
    const lacking = base.newParameters.find((path) => !adapted.replaced.has(path));
    if (lacking !== undefined) {
      disposeAdapter(adapted);
      throw lackingHead(lacking, adapter);
    }
    const used = new Set(Object.values(parametersOf(adapted.model)));
    tf.dispose(Object.values(parametersOf(base.model)).filter((tensor) => !used.has(tensor)));
    return { ...base, model: adapted.model, newParameters: [], adapter: adapted };
  } catch (error) {
    disposeModule(base.model);
    throw error;
  }
}

/** The tasks that PEFT's types stand for. */
const TASKS: Readonly<Record<string, string>> = {
  SEQ_CLS: 'sequence-classification',
  TOKEN_CLS: 'token-classification',
  QUESTION_ANS: 'question-answering',
  CAUSAL_LM: 'causal-language-modeling',
  SEQ_2_SEQ_LM: 'conditional-generation',
};

/** The family's task of a PEFT `task_type`; the base's own where it is of that type, too, as the next sentence prediction is a classification. */
function taskOfType({ architectures }: AnyFamily, ownTask: string, type: unknown): string {
  const task = typeof type === 'string' ? TASKS[type] : undefined;
  const isOwn = methodConfig('lora', ownTask)?.taskType === type;
  return task === undefined || isOwn || !Object.hasOwn(architectures, task) ? ownTask : task;
}

interface NewHead {
  readonly family: AnyFamily;
  /** Of the base. */
  readonly json: JsonObject;
  readonly task: string;
  readonly adapter: SavedAdapter;
}

/** The base's configuration with as many labels as the adapter's head has. */
async function newHeadConfig(
  repository: Repository,
  { family, json, task, adapter }: NewHead,
): Promise<Readonly<Record<string, unknown>>> {
  const config = family.parseConfig(json);
  const { entries: inBase } = await readWeightsHeader(repository);
  const { entries } = family.checkpointNames(config, task);
  const lastOfHead = Object.values(entries)
    .filter(({ name }) => !inBase.has(name))
    .flatMap(({ name }) => [...adapter.tensors.keys()].filter((key) => key.endsWith(`.${name}`)))
    .at(-1);
  const numLabels = lastOfHead === undefined ? undefined : adapter.tensors.get(lastOfHead)?.shape[0];
  const settings = numLabels === undefined ? {} : { numLabels };
  return { ...json, ...family.toConfigJson(family.withSettings(config, settings), task) };
}

/** The base with another configuration, and with the tokenizer of the adapter where it has one. */
function overlaid(base: Repository, json: Readonly<Record<string, unknown>>, adapter: Repository): Repository {
  const { name, chunks } = jsonFile('config.json', json);
  const [bytes = new Uint8Array()] = chunks;
  const config = memoryRepository(new Map([[name, bytes]]), base.name);
  const open: Repository['open'] = async (file) => {
    if (file === name) return config.open(file);
    return (file === 'tokenizer.json' ? await adapter.open(file) : undefined) ?? base.open(file);
  };
  return { ...base, open };
}

function lackingHead(path: string, { file, baseModel }: SavedAdapter): CheckpointError {
  return new CheckpointError('CHECKPOINT_MISMATCH', {
    message: `${path} must be in the adapter or in its base${baseModel === undefined ? '' : `, ${baseModel}`}; it is in neither.`,
    hint: 'Put the adapter on the model that it was made for, with its head.',
    file,
    tensor: path,
  });
}
