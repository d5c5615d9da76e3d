import { METHOD_NAMES } from '@cloze/peft';
import { SCHEDULE_NAMES } from '@cloze/tasks';
import * as z from 'zod';
import { ENGINE_NAMES } from '../engines.ts';
import type { RunRules } from '../run-settings.ts';
import { choice, realNumber, text, toggle, wholeNumber } from '../settings.ts';
import { TASK_NAMES } from '../tasks/task-names.ts';

/** The settings of `cloze finetune`; the help texts of its flags name the same defaults, which a test checks. */
export const finetuneSettings = z.object({
  model: text().optional(),
  task: choice(TASK_NAMES).optional(),
  data: text().optional(),
  validation: text().optional(),
  validationFraction: realNumber({ below: 1 }).default(0.1),
  columns: text().optional(),
  out: text().optional(),
  method: choice(METHOD_NAMES).default('full'),
  schedule: choice(SCHEDULE_NAMES).default('full'),
  epochs: wholeNumber({ max: 1_000_000 }).default(3),
  batchSize: wholeNumber({ max: 1_000_000 }).default(16),
  maxLength: wholeNumber({ max: 1_000_000 }).optional(),
  learningRate: realNumber().optional(),
  weightDecay: realNumber().default(0.01),
  dropout: realNumber({ below: 1 }).optional(),
  pooling: choice(['token', 'mean'] as const).optional(),
  patience: wholeNumber().optional(),
  seed: wholeNumber({ min: 0 }).default(1),
  checkpointEvery: wholeNumber().default(500),
  resume: toggle().default(false),
  fallback: toggle().default(false),
  engine: choice(ENGINE_NAMES).default('onnxruntime'),
  threads: wholeNumber({ max: 1024 }).optional(),
  json: toggle().default(false),
});

/** Checked settings. */
export type FinetuneSettings = z.output<typeof finetuneSettings>;

/** Which of them make up a run. Model and data may have moved. */
export const FINETUNE_RULES: RunRules = {
  ofTheCall: ['out', 'resume', 'fallback', 'json'] satisfies (keyof FinetuneSettings)[],
  free: ['model', 'data', 'validation', 'checkpointEvery', 'engine', 'threads'] satisfies (keyof FinetuneSettings)[],
};
