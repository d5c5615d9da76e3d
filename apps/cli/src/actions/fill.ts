import { ClozeError, disposeModule, type EncoderDecoderModel, type MaskedLanguageModel } from '@cloze/core';
import { GlmForConditionalGeneration } from '@cloze/glm';
import type { Pretrained } from '@cloze/hub';
import type { Tokenizer } from '@cloze/tokenizer';
import type { Command } from 'commander';
import * as z from 'zod';
import { createEngine, ENGINE_NAMES, prepareTfjs } from '../engines.ts';
import type { FilledBlank, FilledText } from '../fill/blanks.ts';
import { fillMasked } from '../fill/fill-masked.ts';
import { fillPieces } from '../fill/fill-pieces.ts';
import { fillSpans } from '../fill/fill-spans.ts';
import { joined, stdinText } from '../input-text.ts';
import { loadModel } from '../load-model.ts';
import { choice, readSettings, text, toggle, wholeNumber } from '../settings.ts';
import { styleFor } from '../terminal/style.ts';
import { UsageError } from '../usage-error.ts';

/** The settings of `cloze fill`. */
export const fillSettings = z.object({
  model: text(),
  adapter: text().optional(),
  top: wholeNumber({ max: 1000 }).default(5),
  maxTokens: wholeNumber().default(32),
  beams: wholeNumber({ max: 100 }).default(4),
  engine: choice(ENGINE_NAMES).default('onnxruntime'),
  threads: wholeNumber({ max: 1024 }).optional(),
  json: toggle().default(false),
});

type FillSettings = z.output<typeof fillSettings>;

/** `cloze fill`. */
export async function fill(argument: string | undefined, command: Command): Promise<void> {
  const { settings } = await readSettings(command, fillSettings);
  prepareTfjs();
  const given = argument ?? (await joined(stdinText())).replace(/\r?\n$/, '');
  const loaded = await loadModel(settings);
  const { tokenizer, model } = loaded;
  if (tokenizer === undefined) {
    throw new ClozeError('DATA_INVALID', {
      message: 'The model folder must hold tokenizer.json, found none.',
      hint: 'Copy it there from where the model comes from.',
      file: settings.model,
    });
  }
  const filled = await filledBy(loaded, tokenizer, given, settings);
  disposeModule(model);
  process.stdout.write(settings.json ? `${JSON.stringify(filled)}\n` : forPeople(filled));
}

/** How a model fills blanks depends on what it was pre-trained for. */
function filledBy(
  { model, task, family, generation }: Pretrained,
  tokenizer: Tokenizer,
  given: string,
  { top, maxTokens, beams, engine: name, threads }: FillSettings,
): Promise<FilledText> {
  const engine = createEngine(name, { threads });
  if (task === 'masked-language-modeling' || task === 'pre-training') {
    return fillMasked(model as MaskedLanguageModel, tokenizer, given, { engine, topK: top });
  }
  if (model instanceof GlmForConditionalGeneration) return fillPieces(model, tokenizer, given, { engine, maxTokens });
  if (task === 'conditional-generation') {
    const { eosTokenIds } = generation;
    const options = { engine, maxTokens, numBeams: beams, eosTokenIds };
    return fillSpans(model as EncoderDecoderModel, tokenizer, given, options);
  }
  throw new UsageError({
    message: `The model must be one that fills blanks, got a ${family.name} model for ${task}.`,
    hint: 'Name a model of bert, bart, t5 or glm; a gpt continues texts (cloze generate).',
  });
}

function forPeople({ text: filled, blanks }: FilledText): string {
  const { bold, dim } = styleFor(process.stdout);
  const lines = blanks.flatMap((blank, index) => [
    dim(`blank ${index + 1}`),
    ...blank.candidates.map((candidate) => `  ${candidateLine(candidate)}`),
  ]);
  return `${[...lines, bold(filled)].join('\n')}\n`;
}

function candidateLine({ text: piece, probability }: FilledBlank['candidates'][number]): string {
  return probability === undefined ? piece : `${(100 * probability).toFixed(1).padStart(5)} %  ${piece}`;
}
