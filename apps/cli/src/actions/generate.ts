import { ClozeError, disposeModule, RandomKey, type Module } from '@cloze/core';
import { readText } from '@cloze/datasets';
import { Decoder, generateText, type FinishReason, type WritingModel } from '@cloze/generation';
import type { Pretrained } from '@cloze/hub';
import type { Tokenizer } from '@cloze/tokenizer';
import type { Command } from 'commander';
import * as z from 'zod';
import { createEngine, ENGINE_NAMES, prepareTfjs } from '../engines.ts';
import { joined, stdinText } from '../input-text.ts';
import { Interrupt, StoppedError } from '../interrupt.ts';
import { loadModel } from '../load-model.ts';
import { choice, readSettings, realNumber, text, texts, toggle, wholeNumber } from '../settings.ts';
import { styleFor } from '../terminal/style.ts';
import { UsageError } from '../usage-error.ts';

/** The settings of `cloze generate`. */
export const generateSettings = z.object({
  model: text(),
  adapter: text().optional(),
  file: text().optional(),
  maxTokens: wholeNumber().default(200),
  temperature: realNumber().default(0.8),
  topK: wholeNumber({ min: 0 }).default(0),
  topP: realNumber({ max: 1 }).default(1),
  repetitionPenalty: realNumber().default(1),
  stop: texts().default([]),
  seed: wholeNumber({ min: 0 }).default(1),
  engine: choice(ENGINE_NAMES).default('onnxruntime'),
  threads: wholeNumber({ max: 1024 }).optional(),
  json: toggle().default(false),
});

/** `cloze generate`. */
export async function generate(argument: string | undefined, command: Command): Promise<void> {
  const { settings } = await readSettings(command, generateSettings);
  prepareTfjs();
  const prompt = await promptOf(argument, settings.file);
  const loaded = await loadModel(settings);
  const { tokenizer } = loaded;
  if (tokenizer === undefined) throw noTokenizer(settings.model);
  const ids = promptIds(prompt, tokenizer, loaded);
  const decoder = await createDecoder(loaded, settings);
  const interrupt = new Interrupt(() => undefined);
  try {
    const { maxTokens, temperature, topK, topP, repetitionPenalty, seed } = settings;
    const pieces = generateText(decoder, tokenizer, ids, {
      maxTokens,
      temperature,
      topK,
      topP,
      repetitionPenalty,
      key: RandomKey.fromSeed(seed),
      stopTokens: loaded.generation.eosTokenIds,
      stopTexts: settings.stop,
      signal: interrupt.signal,
    });
    const write = settings.json ? undefined : (piece: string): unknown => process.stdout.write(piece);
    write?.(styleFor(process.stdout).bold(prompt));
    const started = performance.now();
    let generated = '';
    const newIds: number[] = [];
    let finishReason: FinishReason | undefined;
    for await (const piece of pieces) {
      write?.(piece.text);
      generated += piece.text;
      newIds.push(...piece.ids);
      finishReason = piece.finishReason ?? finishReason;
    }
    write?.('\n');
    if (settings.json) {
      const tokensPerSecond = Math.round((newIds.length * 1000) / (performance.now() - started));
      process.stdout.write(
        `${JSON.stringify({ prompt, text: generated, ids: newIds, finishReason, tokensPerSecond })}\n`,
      );
    }
  } catch (error) {
    if (!(error instanceof ClozeError) || error.code !== 'CANCELLED') throw error;
    if (!settings.json) process.stdout.write('\n');
    throw new StoppedError({
      exitCode: interrupt.exitCode,
      message: 'The text was not finished.',
      hint: 'Start it again for the whole.',
    });
  } finally {
    interrupt.close();
    decoder.dispose();
  }
}

/** The prompt from the argument, a file, or a pipe; empty where nobody gives one. */
async function promptOf(argument: string | undefined, file: string | undefined): Promise<string> {
  if (argument !== undefined && file !== undefined) {
    throw new UsageError({
      message: 'The prompt must come from the argument or from --file, got both.',
      hint: 'Leave one of them out.',
    });
  }
  if (file !== undefined) return withoutLastLineBreak(await joined(readText(file)));
  if (argument !== undefined) return argument;
  return process.stdin.isTTY ? '' : withoutLastLineBreak(await joined(stdinText()));
}

/** Files and pipes end with a line break that is no part of the text to be continued. */
function withoutLastLineBreak(prompt: string): string {
  return prompt.replace(/\r?\n$/, '');
}

function promptIds(prompt: string, tokenizer: Tokenizer, { generation }: Pretrained): ArrayLike<number> {
  const ids = tokenizer.encode(prompt).ids;
  if (ids.length > 0) return ids;
  // An empty prompt: begin where a document begins.
  if (generation.bosTokenId !== undefined) return [generation.bosTokenId];
  const [first] = generation.eosTokenIds;
  return first === undefined ? tokenizer.encode('\n').ids : [first];
}

async function createDecoder(
  { model, family, task }: Pretrained,
  { engine, threads }: z.output<typeof generateSettings>,
): Promise<Decoder> {
  if (!isWriting(model, task)) {
    throw new UsageError({
      message: `The model must be one that writes text from left to right, got a ${family.name} model for ${task}.`,
      hint:
        task === 'blank-infilling'
          ? 'It continues a text that ends with a blank: cloze fill --model FOLDER "The text [gMASK]".'
          : 'Name a model that was trained for causal language modeling or conditional generation.',
    });
  }
  const decoder = await Decoder.create(model, { engine: createEngine(engine, { threads }) });
  // The decoder has copies.
  disposeModule(model);
  return decoder;
}

/** Blank infilling has positions of its own, which only filling knows. */
function isWriting(model: Module, task: string): model is WritingModel {
  return 'cacheShape' in model && task !== 'blank-infilling';
}

function noTokenizer(folder: string): ClozeError {
  return new ClozeError('DATA_INVALID', {
    message: 'The model folder must hold tokenizer.json, found none.',
    hint: 'Copy it there from where the model comes from.',
    file: folder,
  });
}
