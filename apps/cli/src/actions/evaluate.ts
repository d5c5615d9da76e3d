import { disposeModule, RandomKey } from '@cloze/core';
import { evaluateModel, readTaskData } from '@cloze/tasks';
import type { Command } from 'commander';
import { createEngine, prepareTfjs } from '../engines.ts';
import { loadModel } from '../load-model.ts';
import { writeLine } from '../output-text.ts';
import { choice, readSettings, text, wholeNumber } from '../settings.ts';
import { parseColumns } from '../tasks/columns.ts';
import { metricsTable } from '../tasks/metrics-table.ts';
import { taskOf } from '../tasks/task-of-model.ts';
import { TASK_NAMES, TASKS } from '../tasks/task-names.ts';
import { useSettings } from '../tasks/use-settings.ts';
import { formatCount } from '../terminal/format.ts';
import { styleFor } from '../terminal/style.ts';

/** The settings of `cloze evaluate`. */
export const evaluateSettings = useSettings.extend({
  data: text(),
  task: choice(TASK_NAMES).optional(),
  columns: text().optional(),
  seed: wholeNumber({ min: 0 }).default(1),
});

/** `cloze evaluate`. */
export async function evaluate(command: Command): Promise<void> {
  const { settings } = await readSettings(command, evaluateSettings);
  prepareTfjs();
  const { data, batchSize, maxLength, threads, seed, json } = settings;
  const model = await loadModel(settings);
  const task = (settings.task === undefined ? undefined : TASKS[settings.task]) ?? taskOf(model);
  const rows = await readTaskData(task, data, parseColumns(settings.columns));
  const engine = createEngine(settings.engine, { threads });
  const key = RandomKey.fromSeed(seed);
  const { metrics } = await evaluateModel(model, task, rows, { engine, batchSize, maxLength, key });
  disposeModule(model.model);
  if (json) {
    await writeLine(JSON.stringify({ task: task.name, data, numRows: rows.length, metrics }));
    return;
  }
  const { dim } = styleFor(process.stdout);
  await writeLine(dim(`${task.name} on ${formatCount(rows.length)} rows of ${data}, with 95 % intervals`));
  for (const line of metricsTable(metrics)) await writeLine(`  ${line}`);
}
