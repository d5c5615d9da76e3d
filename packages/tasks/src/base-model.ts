import {
  checkpointParameters,
  ClozeError,
  labelNames,
  labelNamesJson,
  parametersOf,
  randomParameters,
  toCheckpointTensors,
  unexpectedNames,
  type CheckpointNames,
  type ClassifierPooling,
  type HostTensor,
  type JsonObject,
  type ModelFamily,
  type Module,
  type RandomKey,
} from '@cloze/core';
import type { AdaptedModel, AdapterConfig } from '@cloze/peft';
import type { Tokenizer } from '@cloze/tokenizer';
import { framedTokenizer, padTokenIdOf } from './special-tokens.ts';
import type { Task, TaskContext } from './task.ts';

/** A model with what belongs to it, as `loadPretrained` of `@cloze/hub` gives it. */
export interface BaseModel {
  readonly family: ModelFamily;
  readonly config: object;
  /** The family's name for what the model is made for. */
  readonly task: string;
  readonly model: Module;
  readonly tokenizer: Tokenizer | undefined;
  /** `config.json`, for the names of labels. Default: none are known. */
  readonly configJson?: JsonObject | undefined;
  /** The adapter that is on the model. Default: none. */
  readonly adapter?: Pick<AdaptedModel, 'config'> | undefined;
}

/** The families that have a model for a task, by what they call it: for errors. */
const FAMILIES_WITH: Readonly<Record<string, string>> = {
  'sequence-classification': 'elmo, bert, gpt, bart, t5 or glm',
  'token-classification': 'elmo, bert, gpt or t5',
  'question-answering': 'bert, gpt, bart or t5',
  'multiple-choice': 'bert',
  'causal-language-modeling': 'gpt',
  'conditional-generation': 'bart or t5',
};

/**
 * The name that a family gives to the model for a task.
 *
 * @throws {ClozeError} `UNSUPPORTED_FORMAT` when it has none, naming the families that do.
 */
export function modelTaskOf(
  { name, modelTasks }: Pick<Task<never, unknown>, 'name' | 'modelTasks'>,
  family: ModelFamily,
): string {
  const found = modelTasks.find((task) => Object.hasOwn(family.architectures, task));
  // GLM chooses by filling a blank with each choice, which takes other inputs.
  if (found !== undefined && !(found === 'multiple-choice' && family.pretrainingTask === 'blank-infilling'))
    return found;
  throw new ClozeError('UNSUPPORTED_FORMAT', {
    message: `The task ${name} must have a model of the family, got ${family.name}, which has none.`,
    hint: `Use a model of ${modelTasks.map((task) => FAMILIES_WITH[task] ?? task).join(' or ')}.`,
  });
}

/** How many tokens are read at most, where nothing else is said: what is longer costs much and says little more. */
const DEFAULT_MAX_LENGTH = 512;

/**
 * What a task must know of a model.
 *
 * @param options `maxLength`: in tokens; default 512, or the positions of the model if they are fewer. `adapterConfig`: of the adapter that the model has or
 *   will have; virtual tokens take positions.
 * @throws {ClozeError} `DATA_INVALID` when the model has no tokenizer, `USAGE` when it has fewer positions than asked for.
 */
export function taskContextOf(
  { family, config, tokenizer, configJson }: BaseModel,
  {
    labels,
    maxLength,
    adapterConfig,
  }: {
    readonly labels: readonly string[];
    readonly maxLength?: number | undefined;
    readonly adapterConfig?: AdapterConfig | undefined;
  },
): TaskContext {
  if (tokenizer === undefined) {
    throw new ClozeError('DATA_INVALID', {
      message: 'The model must have a tokenizer, got none.',
      hint: 'Put its tokenizer.json into the folder.',
    });
  }
  const maxPositions = family.limits(config).maxPositions - numVirtualTokens(adapterConfig);
  if (maxLength !== undefined && maxLength > maxPositions) {
    throw new ClozeError('USAGE', {
      message: `The length must be at most ${maxPositions} tokens, the positions that the model has for them, got ${maxLength}.`,
      hint: 'Shorten it, or take a model with more positions.',
    });
  }
  return {
    tokenizer: framedTokenizer(tokenizer),
    padTokenId: typeof configJson?.pad_token_id === 'number' ? configJson.pad_token_id : padTokenIdOf(tokenizer),
    maxLength: maxLength ?? Math.min(maxPositions, DEFAULT_MAX_LENGTH),
    labels,
    readsCharacters: family.pretrainingTask === 'bidirectional-language-modeling',
  };
}

/** Positions that virtual tokens take from texts. */
function numVirtualTokens(config: AdapterConfig | undefined): number {
  return config !== undefined && 'numVirtualTokens' in config ? config.numVirtualTokens : 0;
}

/** What {@link withTask} is told. */
export interface NewTask {
  /** The family's name for it. */
  readonly task: string;
  /** Of the new model; empty where the task has none. */
  readonly labels: readonly string[];
  readonly padTokenId: number;
  /** Of all layers. Default: that of the old model. */
  readonly dropout?: number | undefined;
  /** Default: that of the old model. */
  readonly pooling?: ClassifierPooling | undefined;
  /** For the new parameters. */
  readonly key: RandomKey;
}

/** @throws {ClozeError} `UNSUPPORTED_FORMAT` when no head reads sequences so. */
export function checkPooling(
  pooling: ClassifierPooling | undefined,
  task: string,
  { name, hasMeanPooling = false }: ModelFamily,
): void {
  if (pooling === undefined || (hasMeanPooling && task === 'sequence-classification')) return;
  throw new ClozeError('UNSUPPORTED_FORMAT', {
    message: `The pooling can be chosen for classes and numbers of whole sequences with bert and gpt, got ${task} with ${name}.`,
    hint: 'Leave it out.',
  });
}

/**
 * The same model for another task, with a new head. What it shares with the old one is copied; the old one is unchanged. Where task and labels stay the
 * same, so does the head.
 *
 * @returns `newParameters`: the paths of what is new.
 */
export async function withTask(
  base: BaseModel,
  { task, labels, padTokenId, dropout, pooling, key }: NewTask,
): Promise<BaseModel & { readonly newParameters: readonly string[] }> {
  const { family, tokenizer } = base;
  const config = family.withSettings(base.config, {
    padTokenId,
    ...(labels.length > 0 && { numLabels: labels.length }),
    ...(dropout !== undefined && { dropout }),
    ...(pooling !== undefined && { classifierPooling: pooling }),
  });
  const tensors = await toCheckpointTensors(parametersOf(base.model), family.checkpointNames(base.config, base.task));
  const newParameters: string[] = [];
  const source = checkpointParameters(
    keepsHead(base, task, labels) ? tensors : withoutHead(tensors, family.checkpointNames(base.config, 'base')),
    family.checkpointNames(config, task),
    {
      missing: randomParameters(key),
      onMissing: (path) => newParameters.push(path),
      allowUnexpected: () => true,
    },
  );
  const configJson = {
    ...family.toConfigJson(config, task),
    ...(labels.length > 0 && labelNamesJson(labels)),
  } as JsonObject;
  return { family, config, task, model: family.create(config, task, source), tokenizer, configJson, newParameters };
}

function keepsHead({ task, configJson = {} }: BaseModel, newTask: string, labels: readonly string[]): boolean {
  if (task !== newTask) return false;
  const old = labelNames(configJson);
  return labels.length === 0 || (labels.length === old.length && labels.every((label, id) => label === old[id]));
}

function withoutHead(tensors: ReadonlyMap<string, HostTensor>, names: CheckpointNames): Map<string, HostTensor> {
  const head = new Set(unexpectedNames(tensors.keys(), names));
  return new Map([...tensors].filter(([name]) => !head.has(name)));
}
