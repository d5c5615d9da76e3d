import type { CommonConfig } from './adapter-config.ts';

/** The published names of heads that a task trains whole, in any family. */
const HEADS: Readonly<Record<string, readonly string[]>> = {
  SEQ_CLS: ['classifier', 'score', 'classification_head'],
  TOKEN_CLS: ['classifier', 'score'],
  QUESTION_ANS: ['qa_outputs'],
};

/** What all methods begin with. A head that is new must be trained, so a task with one trains it. */
export function methodDefaults(taskType: string | undefined): CommonConfig {
  return {
    taskType,
    targetModules: [],
    excludeModules: [],
    layersToTransform: [],
    layersPattern: [],
    modulesToSave: HEADS[taskType ?? ''] ?? [],
    json: {},
  };
}
