import * as z from 'zod';
import { ENGINE_NAMES } from '../engines.ts';

import { PRETRAINING_FAMILIES } from './recipes/index.ts';
import type { RunRules } from '../run-settings.ts';
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

/** Which of them make up a run. Data may have moved; its fingerprint is compared. */
export const PRETRAIN_RULES: RunRules = {
  ofTheCall: ['out', 'stopAfter', 'resume', 'fallback', 'deterministic', 'json'] satisfies (keyof PretrainSettings)[],
  free: ['data', 'evaluateEvery', 'checkpointEvery', 'engine', 'threads'] satisfies (keyof PretrainSettings)[],
};
