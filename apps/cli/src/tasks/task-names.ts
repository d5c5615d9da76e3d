import {
  classification,
  languageModeling,
  multipleChoice,
  pairClassification,
  questionAnswering,
  regression,
  tagging,
  textToText,
  type Task,
} from '@cloze/tasks';

/** A task whose rows and predictions nobody looks into: rows go back to the task that read them. */
export type AnyTask = Task<unknown, unknown>;

const ALL: readonly AnyTask[] = [
  classification,
  pairClassification,
  regression,
  tagging,
  questionAnswering,
  multipleChoice,
  languageModeling,
  textToText,
];

/** All tasks by name. */
export const TASKS: Readonly<Record<string, AnyTask>> = Object.fromEntries(ALL.map((task) => [task.name, task]));

/** Their names. */
export const TASK_NAMES: readonly string[] = Object.keys(TASKS);

/** The task that a model was fine-tuned for, as far as its head tells. */
export function taskOfModel(modelTask: string, numLabels: number): AnyTask | undefined {
  if (modelTask === 'sequence-classification') return numLabels === 1 ? regression : classification;
  return ALL.find(({ modelTasks }) => modelTasks.includes(modelTask));
}
