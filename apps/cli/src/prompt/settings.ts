import * as z from 'zod';
import { ENGINE_NAMES } from '../engines.ts';
import { choice, realNumber, text, texts, toggle, wholeNumber } from '../settings.ts';

/** The settings of `cloze prompt`. */
export const promptSettings = z.object({
  model: text(),
  adapter: text().optional(),
  template: text(),
  file: text().optional(),
  answerColumn: text().default('answer'),
  examples: text().optional(),
  shots: wholeNumber({ min: 0, max: 10_000 }).optional(),
  select: choice(['first', 'random', 'balanced', 'nearest']).default('first'),
  description: text().optional(),
  separator: text().default('\\n\\n'),
  labels: texts().optional(),
  calibrate: toggle().default(false),
  chainOfThought: toggle().default(false),
  answerPattern: text().optional(),
  samples: wholeNumber({ max: 1000 }).default(1),
  temperature: realNumber().default(0.7),
  maxTokens: wholeNumber({ max: 1_000_000 }).default(64),
  seed: wholeNumber({ min: 0 }).default(1),
  engine: choice(ENGINE_NAMES).default('onnxruntime'),
  threads: wholeNumber({ max: 1024 }).optional(),
  json: toggle().default(false),
});

export type PromptSettings = z.output<typeof promptSettings>;

/** A text of the command line, where `\n` is a line break. */
export function withLineBreaks(given: string): string {
  return given.replaceAll('\\n', '\n');
}
