import { tokenChooser, type ChoiceSettings } from './choose-token.ts';
import type { Decoder } from './decoder.ts';
import { DEFAULT_MAX_TOKENS } from './logits-processors.ts';
import { StopTexts, throwIfAborted } from './stopping.ts';
import { TextStream, type TokenDecoder } from './text-stream.ts';
import type { TokenLogProbabilities } from './token-log-probabilities.ts';

/** Why a text ends: a stop token or stop text, or `maxTokens`. */
export type FinishReason = 'stop' | 'length';

/** Settings of {@link generate}. */
export interface GenerateOptions extends ChoiceSettings {
  /** Stops before the next token. */
  readonly signal?: AbortSignal | undefined;
}

/** A new token. */
export interface GeneratedToken {
  readonly id: number;
  /** Where `logProbabilities` asks for them. */
  readonly logProbabilities?: TokenLogProbabilities;
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
    const token = choose(scores, decoder.sequences[0] ?? [], index);
    if (stopTokens.includes(token.id)) {
      yield { ...token, finishReason: 'stop' };
      return;
    }
    if (index === maxTokens - 1) {
      yield { ...token, finishReason: 'length' };
      return;
    }
    yield token;
    [scores] = await decoder.append([token.id]);
  }
}

/** A piece of new text. */
export interface GeneratedText {
  /** Never half a character. Often a token, sometimes more or nothing. */
  readonly text: string;
  /** The ids that were chosen since the last piece. */
  readonly ids: readonly number[];
  /** Of each of them, where `logProbabilities` asks for them. */
  readonly logProbabilities?: readonly TokenLogProbabilities[];
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
  for await (const { id, logProbabilities, finishReason } of generate(decoder, prompt, options)) {
    const token = { ids: [id], ...(logProbabilities && { logProbabilities: [logProbabilities] }) };
    const piece = stream.push(id) + (finishReason === undefined ? '' : stream.finish());
    const { text, isStopped } = stops.push(piece);
    if (isStopped) {
      yield { text, ...token, finishReason: 'stop' };
      return;
    }
    yield finishReason === undefined ? { text, ...token } : { text: text + stops.finish(), ...token, finishReason };
  }
}

/** What {@link generateBatch} writes for a prompt. */
export interface GeneratedIds {
  /** The new tokens, stop token included. */
  readonly ids: readonly number[];
  /** Of each of them, where `logProbabilities` asks for them. */
  readonly logProbabilities?: readonly TokenLogProbabilities[];
  readonly finishReason: FinishReason;
}

/**
 * Continues several texts at once. Each gets the tokens that it would get alone and ends on its own.
 *
 * @param options `key` is folded with the index of the prompt.
 * @returns for each prompt.
 * @throws as {@link generate}.
 */
export async function generateBatch(
  decoder: Decoder,
  prompts: readonly ArrayLike<number>[],
  options: GenerateOptions = {},
): Promise<GeneratedIds[]> {
  const { maxTokens = DEFAULT_MAX_TOKENS, stopTokens = [], signal, key } = options;
  const choosers = prompts.map((_, row) => tokenChooser({ ...options, key: key?.fold(row) }));
  const results = prompts.map(
    (): { ids: number[]; logProbabilities?: TokenLogProbabilities[]; finishReason: FinishReason } => ({
      ids: [],
      ...(options.logProbabilities !== undefined && { logProbabilities: [] }),
      finishReason: 'length',
    }),
  );
  if (maxTokens < 1 || prompts.length === 0) return results;
  throwIfAborted(signal);
  let rows = await decoder.start(prompts, maxTokens);
  for (let index = 0; index < maxTokens; index++) {
    throwIfAborted(signal);
    const next = rows.map((scores, row) => {
      const result = results[row];
      // A text that ended goes on with any token, which nobody sees.
      if (result === undefined || result.finishReason === 'stop') return 0;
      const token = choosers[row]?.(scores, decoder.sequences[row] ?? [], index);
      const id = token?.id ?? 0;
      result.ids.push(id);
      if (token?.logProbabilities !== undefined) result.logProbabilities?.push(token.logProbabilities);
      if (stopTokens.includes(id)) result.finishReason = 'stop';
      return id;
    });
    if (index === maxTokens - 1 || results.every(({ finishReason }) => finishReason === 'stop')) break;
    rows = await decoder.append(next);
  }
  return results;
}
