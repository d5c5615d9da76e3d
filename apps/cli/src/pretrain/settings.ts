import * as z from 'zod';
import { ENGINE_NAMES } from '../engines.ts';

import { PRETRAINING_FAMILIES } from './recipes/index.ts';
import { choice, realNumber, text, texts, toggle, wholeNumber } from '../settings.ts';

/** The settings of `cloze pretrain`; the help texts of its flags name the same defaults, which a test checks. */
export const pretrainSettings = z.object({
  family: choice(PRETRAINING_FAMILIES).default('gpt'),
  preset: text().optional(),
  data: texts().optional(),
  out: text().optional(),
  tokenizer: text().optional(),
  vocabSize: wholeNumber({ min: 257, max: 1_000_000 }).optional(),
  steps: wholeNumber().default(2000),
  batchSize: wholeNumber({ max: 1_000_000 }).default(12),
  sequenceLength: wholeNumber({ max: 10_000_000 }).optional(),
  gradientAccumulation: wholeNumber({ max: 1_000_000 }).default(1),
  learningRate: realNumber().default(0.001),
  minLearningRate: realNumber().optional(),
  warmupSteps: wholeNumber({ min: 0 }).default(100),
  weightDecay: realNumber().default(0.1),
  beta1: realNumber({ below: 1 }).default(0.9),
  beta2: realNumber({ below: 1 }).default(0.99),
  clip: realNumber().default(1),
  dropout: realNumber({ below: 1 }).default(0),
  seed: wholeNumber({ min: 0 }).default(1),
  validationFraction: realNumber({ below: 1 }).default(0.1),
  evaluateEvery: wholeNumber().default(250),
  checkpointEvery: wholeNumber().default(500),
  stopAfter: wholeNumber().optional(),
  resume: toggle().default(false),
  fallback: toggle().default(false),
  engine: choice(ENGINE_NAMES).default('onnxruntime'),
  threads: wholeNumber({ max: 1024 }).optional(),
  deterministic: toggle().default(false),
  json: toggle().default(false),
});

/** Checked settings. */
export type PretrainSettings = z.output<typeof pretrainSettings>;

/** What is said anew with each call and belongs to no run. */
const OF_THE_CALL: readonly string[] = [
  'out',
  'stopAfter',
  'resume',
  'fallback',
  'deterministic',
  'json',
] satisfies (keyof PretrainSettings)[];

/** What a resumed run may have otherwise than before. Data may have moved; its fingerprint is compared. */
const FREE: readonly string[] = [...OF_THE_CALL, 'data', 'evaluateEvery', 'checkpointEvery', 'engine', 'threads'];

/** The settings that make up a run, by name: what a checkpoint keeps. */
export function runSettings(settings: PretrainSettings): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => {
      if (value === undefined || OF_THE_CALL.includes(name)) return [];
      return [[name, typeof value === 'object' ? [...value] : value]];
    }),
  );
}

/** The names of settings that were given and differ from those of the run. */
export function differingSettings(
  given: ReadonlySet<string>,
  settings: Readonly<Record<string, unknown>>,
  saved: Readonly<Record<string, unknown>>,
): string[] {
  return [...given].filter(
    (name) => !FREE.includes(name) && JSON.stringify(settings[name]) !== JSON.stringify(saved[name]),
  );
}
