import * as z from 'zod';
import { ENGINE_NAMES } from '../engines.ts';
import { choice, text, toggle, wholeNumber } from '../settings.ts';

/** What all commands that use a fine-tuned model take. */
export const useSettings = z.object({
  model: text(),
  adapter: text().optional(),
  maxLength: wholeNumber({ max: 1_000_000 }).optional(),
  batchSize: wholeNumber({ max: 1_000_000 }).default(32),
  engine: choice(ENGINE_NAMES).default('onnxruntime'),
  threads: wholeNumber({ max: 1024 }).optional(),
  json: toggle().default(false),
});

/** What commands take that read rows of a file besides. */
export const fileSettings = { file: text().optional(), columns: text().optional() };
