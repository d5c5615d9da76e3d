import { disposeModule } from '@cloze/core';
import { methodConfig } from '@cloze/peft';
import { checkPooling, modelTaskOf, taskContextOf, withTask, type BaseModel } from './base-model.ts';
import { readTaskData } from './task-data.ts';
import type { Task } from './task.ts';
import { restored, trainedPart, type TrainedPart } from './trained-part.ts';
import { DEFAULTS, tuningRun, type FineTuning, type FineTuningOptions } from './tuning-run.ts';

/**
 * Fine-tunes a model for a task. All that can be wrong with data, labels and settings is found before the promise resolves; then nothing was trained yet.
 *
 * @param base is copied where it is trained, and stays usable.
 * @example
 * const base = await loadPretrained([bertFamily], 'bert-base-uncased');
 * const run = await finetune(base, { task: classification, data: 'train.tsv', method: 'lora', key: RandomKey.fromSeed(1), engine: onnxRuntimeEngine() });
 * for await (const { step, loss, secondsLeft } of run) console.log(step, loss, secondsLeft);
 * @throws {ClozeError} `DATA_INVALID` with file, line and column for data that the task cannot use; `UNSUPPORTED_FORMAT` when the family has no model for
 *   the task; `CHECKPOINT_MISMATCH` when `resume` belongs to another run; `CONFIG_INVALID` for settings that do not go together.
 */
export async function finetune<Row, Prediction>(
  base: BaseModel,
  options: FineTuningOptions<Row, Prediction>,
): Promise<FineTuning<Row, Prediction>> {
  const { task, key, method = DEFAULTS.method, batchSize = DEFAULTS.batchSize } = options;
  const modelTask = modelTaskOf(task, base.family);
  checkPooling(options.pooling, modelTask, base.family);
  const rows = await rowsOf(task, options.data);
  const validation = options.validation === undefined ? [] : await rowsOf(task, options.validation);
  const labels = task.labelsOf(rows);
  const context = taskContextOf(base, {
    labels,
    maxLength: options.maxLength,
    adapterConfig: methodConfig(method, modelTask),
  });
  const onModel = task.on(context);
  const plan = onModel.plan(rows, { batchSize, key: key.fold('data'), validation });
  const headed = await withTask(base, {
    task: modelTask,
    labels,
    padTokenId: context.padTokenId,
    dropout: options.dropout,
    pooling: options.pooling,
    key: key.fold('parameters'),
  });
  let part: TrainedPart | undefined;
  try {
    const fresh = trainedPart(headed, { method, key: key.fold('adapter') });
    part = options.resume === undefined ? fresh : restored(fresh, options.resume.model);
    const tuned = { ...headed, tokenizer: context.tokenizer, labels, model: part.model, adapter: part.adapter };
    return tuningRun({ tuned, part, plan, modelTask: onModel, validation, owned: headed.model }, options);
  } catch (error) {
    disposeModule(headed.model);
    if (part !== undefined) disposeModule(part.model);
    throw error;
  }
}

function rowsOf<Row>(task: Task<Row, unknown>, data: readonly Row[] | string): Promise<readonly Row[]> {
  return typeof data === 'string' ? readTaskData(task, data) : Promise.resolve(data);
}
