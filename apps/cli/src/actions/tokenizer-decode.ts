import { ClozeError, isJsonObject, parseJson, type JsonValue } from '@cloze/core';
import type { Command } from 'commander';
import * as z from 'zod';
import { linesOf, textOfFiles } from '../input-text.ts';
import { writeLine } from '../output-text.ts';
import { readSettings, text, toggle } from '../settings.ts';
import { tokenizerFrom } from '../tokenizer-folder.ts';

const decodeSettings = z.object({
  tokenizer: text(),
  skipSpecialTokens: toggle().default(false),
  json: toggle().default(false),
});

/** `cloze tokenizer decode`. */
export async function decodeIds(files: readonly string[], command: Command): Promise<void> {
  const { settings } = await readSettings(command, decodeSettings);
  const tokenizer = await tokenizerFrom(settings.tokenizer);
  const { skipSpecialTokens } = settings;
  let number = 0;
  for await (const line of linesOf(textOfFiles(files))) {
    number++;
    const decoded = tokenizer.decode(idsOf(line, number), { skipSpecialTokens });
    await writeLine(settings.json ? JSON.stringify(decoded) : decoded);
  }
}

function idsOf(line: string, number: number): number[] {
  const value = parseJson(line, { file: `input line ${number}` });
  const ids = isJsonObject(value) ? value.ids : value;
  if (Array.isArray(ids) && ids.every(isId)) return ids;
  throw new ClozeError('JSON_TYPE', {
    message: 'Each line must be a list of token ids, or an object with "ids", got something else.',
    hint: 'Write rows as cloze tokenizer encode does.',
    file: 'input',
    line: number,
  });
}

function isId(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
