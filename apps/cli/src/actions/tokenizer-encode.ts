import { ClozeError, parseJson } from '@cloze/core';
import { type Encoding, type Tokenizer, TokenizerError } from '@cloze/tokenizer';
import type { Command } from 'commander';
import * as z from 'zod';
import { linesOf, textOfFiles } from '../input-text.ts';
import { writeLine } from '../output-text.ts';
import { choice, readSettings, text, toggle } from '../settings.ts';
import { tokenizerFrom } from '../tokenizer-folder.ts';

const encodeSettings = z.object({
  tokenizer: text(),
  inputFormat: choice(['text', 'json']).default('text'),
  offsets: choice(['utf-16', 'code-points']).default('utf-16'),
  specialTokens: toggle().default(true),
  json: toggle().default(false),
});

/** `cloze tokenizer encode`. */
export async function encodeText(files: readonly string[], command: Command): Promise<void> {
  const { settings } = await readSettings(command, encodeSettings);
  const tokenizer = await tokenizerFrom(settings.tokenizer);
  let number = 0;
  for await (const line of linesOf(textOfFiles(files))) {
    number++;
    const input = settings.inputFormat === 'json' ? jsonString(line, number) : line;
    const encoding = encoded(tokenizer, input, { addSpecialTokens: settings.specialTokens, number });
    const offsets = settings.offsets === 'code-points' ? encoding.codePointOffsets : encoding.offsets;
    await writeLine(JSON.stringify({ ids: Array.from(encoding.ids), tokens: encoding.tokens, offsets }));
  }
}

function encoded(
  tokenizer: Tokenizer,
  input: string,
  { addSpecialTokens, number }: { addSpecialTokens: boolean; number: number },
): Encoding {
  try {
    return tokenizer.encode(input, { addSpecialTokens });
  } catch (error) {
    throw error instanceof TokenizerError ? error.at({ file: `input line ${number}` }) : error;
  }
}

function jsonString(line: string, number: number): string {
  const value = parseJson(line, { file: `input line ${number}`, maxTokenLength: Number.MAX_SAFE_INTEGER });
  if (typeof value === 'string') return value;
  throw new ClozeError('JSON_TYPE', {
    message: 'With --input-format json each line must be a JSON string, got something else.',
    hint: 'Put each text in quotes, as JSON.stringify does.',
    file: 'input',
    line: number,
  });
}
