import type { RandomKey } from '@cloze/core';
import type { Decoder } from './decoder.ts';
import {
  DEFAULT_MAX_TOKENS,
  logitsProcessors,
  type ProcessorSettings,
  type SamplingSettings,
} from './logits-processors.ts';
import { argMax, sample } from './sample.ts';
import { StopTexts, throwIfAborted } from './stopping.ts';
import { TextStream, type TokenDecoder } from './text-stream.ts';

/** Why a text ends: a stop token or stop text, or `maxTokens`. */
export type FinishReason = 'stop' | 'length';

/** Settings of {@link generate}. */
export interface GenerateOptions extends ProcessorSettings, SamplingSettings {
  /** The source of chance; absent or with temperature 0, the likeliest token is taken. */
  readonly key?: RandomKey | undefined;
  /** Stops before the next token. */
  readonly signal?: AbortSignal | undefined;
}

/** A new token. */
export interface GeneratedToken {
  readonly id: number;
  /** Only at the last one. */
  readonly finishReason?: FinishReason;
}

/**
 * Continues a text token by token, or writes one for a source. With equal weights, prompt, settings and key the tokens are equal.
 *
 * @param prompt at least one token; for an encoder-decoder, the source.
 * @throws {ClozeError} `CANCELLED` when `signal` aborts; `NON_FINITE` when the scores are NaN; `USAGE` when a setting is out of range.
 * @throws {ShapeError} when the prompt is empty or holds unknown ids.
 * @example
 * const decoder = await Decoder.create(model, { engine: onnxRuntimeEngine() });
 * for await (const { id } of generate(decoder, tokenizer.encode('Once').ids, { key: RandomKey.fromSeed(1), topK: 50 })) console.log(id);
 */
export async function* generate(
  decoder: Decoder,
  prompt: ArrayLike<number>,
  options: GenerateOptions = {},
): AsyncGenerator<GeneratedToken, void, void> {
  const { maxTokens = DEFAULT_MAX_TOKENS, stopTokens = [], signal } = options;
  const choose = tokenChooser(options);
  if (maxTokens < 1) return;
  throwIfAborted(signal);
  let [scores] = await decoder.start([prompt], maxTokens);
  for (let index = 0; scores !== undefined; index++) {
    throwIfAborted(signal);
    const id = choose(scores, decoder.sequences[0] ?? [], index);
    if (stopTokens.includes(id)) {
      yield { id, finishReason: 'stop' };
      return;
    }
    if (index === maxTokens - 1) {
      yield { id, finishReason: 'length' };
      return;
    }
    yield { id };
    [scores] = await decoder.append([id]);
  }
}

/** A piece of new text. */
export interface GeneratedText {
  /** Never half a character. Often a token, sometimes more or nothing. */
  readonly text: string;
  /** The ids that were chosen since the last piece. */
  readonly ids: readonly number[];
  /** Only at the last piece. */
  readonly finishReason?: FinishReason;
}

/** Settings of {@link generateText}. */
export interface GenerateTextOptions extends GenerateOptions {
  /** Texts that end the text. They are no part of it. Default: none. */
  readonly stopTexts?: readonly string[];
}

/**
 * Continues a text piece by piece.
 *
 * @param tokenizer turns the new ids into text; special tokens are left out if it leaves them out.
 * @throws as {@link generate}.
 */
export async function* generateText(
  decoder: Decoder,
  tokenizer: TokenDecoder,
  prompt: ArrayLike<number>,
  { stopTexts = [], ...options }: GenerateTextOptions = {},
): AsyncGenerator<GeneratedText, void, void> {
  const stream = new TextStream(tokenizer);
  const stops = new StopTexts(stopTexts);
  for await (const { id, finishReason } of generate(decoder, prompt, options)) {
    const piece = stream.push(id) + (finishReason === undefined ? '' : stream.finish());
    const { text, isStopped } = stops.push(piece);
    if (isStopped) {
      yield { text, ids: [id], finishReason: 'stop' };
      return;
    }
    yield finishReason === undefined ? { text, ids: [id] } : { text: text + stops.finish(), ids: [id], finishReason };
  }
}

/**
 * Continues several texts at once. Each gets the tokens that it would get alone: prompts are padded on the left, and each has its own key.
 *
 * @param options `key` is folded with the index of the prompt.
 * @returns the new tokens of each prompt, stop tokens included.
 * @throws as {@link generate}.
 */
export async function generateBatch(
  decoder: Decoder,
  prompts: readonly ArrayLike<number>[],
  options: GenerateOptions = {},
): Promise<{ readonly ids: readonly number[]; readonly finishReason: FinishReason }[]> {
  const { maxTokens = DEFAULT_MAX_TOKENS, stopTokens = [], signal, key } = options;
  const choosers = prompts.map((_, row) => tokenChooser({ ...options, key: key?.fold(row) }));
  const results = prompts.map((): { ids: number[]; finishReason: FinishReason } => ({
    ids: [],
    finishReason: 'length',
  }));
  if (maxTokens < 1 || prompts.length === 0) return results;
  throwIfAborted(signal);
  let rows = await decoder.start(prompts, maxTokens);
  for (let index = 0; index < maxTokens; index++) {
    throwIfAborted(signal);
    const next = rows.map((scores, row) => {
      const result = results[row];
      // A text that ended goes on with any token, which nobody sees.
      if (result === undefined || result.finishReason === 'stop') return 0;
      const id = choosers[row]?.(scores, decoder.sequences[row] ?? [], index) ?? 0;
      result.ids.push(id);
      if (stopTokens.includes(id)) result.finishReason = 'stop';
      return id;
    });
    if (index === maxTokens - 1 || results.every(({ finishReason }) => finishReason === 'stop')) break;
    rows = await decoder.append(next);
  }
  return results;
}

/** Chooses the next token from its scores, which it changes. */
type TokenChooser = (scores: Float32Array, ids: readonly number[], numNew: number) => number;

function tokenChooser({ key, ...settings }: GenerateOptions): TokenChooser {
  const processors = logitsProcessors(settings);
  return (scores, ids, numNew) => {
    // Before the processors, which would turn NaN into something else.
    argMax(scores);
    for (const process of processors) process(scores, ids, numNew);
    return key === undefined || settings.temperature === 0 ? argMax(scores) : sample(scores, key.fold(numNew));
  };
}
