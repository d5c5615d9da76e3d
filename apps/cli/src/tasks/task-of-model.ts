import { labelNames } from '@cloze/core';
import type { Pretrained } from '@cloze/hub';
import { UsageError } from '../usage-error.ts';
import { taskOfModel, type AnyTask } from './task-names.ts';

/**
 * The task that a loaded model was fine-tuned for.
 *
 * @throws {UsageError} when it was only pre-trained.
 */
export function taskOf({ family, task, configJson }: Pretrained): AnyTask {
  const found = taskOfModel(task, labelNames(configJson).length);
  if (found !== undefined) return found;
  throw new UsageError({
    message: `The model must be one that was fine-tuned for a task, got a ${family.name} model for ${task}.`,
    hint: 'Fine-tune it first: cloze finetune --help.',
  });
}
