import { Beams, type BeamSettings } from './beams.ts';
import type { Decoder } from './decoder.ts';
import type { FinishReason } from './generate.ts';
import { logSoftmax } from './log-softmax.ts';
import {
  check,
  DEFAULT_MAX_TOKENS,
  isCount,
  logitsProcessors,
  type LogitsProcessor,
  type ProcessorSettings,
} from './logits-processors.ts';
import { argMax } from './sample.ts';
import { throwIfAborted } from './stopping.ts';

/** Settings of {@link beamSearch}. */
export interface BeamSearchOptions extends ProcessorSettings {
  /** How many texts are followed at once. Default: 4. */
  readonly numBeams?: number;
  /** How many of the finished texts are returned, at most `numBeams`. Default: 1. */
  readonly numResults?: number;
  /** The exponent of the length that a text's log probability is divided by: above 0 favours longer texts. Default: 1. */
  readonly lengthPenalty?: number;
  /**
   * When to stop: `true`, as soon as `numBeams` texts are finished; `false`, when the best beam, at its present length, is no better than the worst of
   * them; `'never'`, when it could not become better at any length. Default: false.
   */
  readonly earlyStopping?: boolean | 'never';
  /** Stops before the next token. */
  readonly signal?: AbortSignal | undefined;
}

/** A text that beam search found. */
export interface BeamResult {
  /** The new tokens, stop token included. */
  readonly ids: readonly number[];
  readonly finishReason: FinishReason;
  /** Log probability in nats, divided by the length to the power of `lengthPenalty`. */
  readonly score: number;
}

/**
 * Looks for likely texts: follows several continuations of each prompt at once and keeps the best. The texts and scores are those of Hugging Face
 * transformers 5.18. With equal weights, prompts and settings the result is equal; each prompt gets what it would get alone.
 *
 * @returns for each prompt its best texts, best first.
 * @throws {ClozeError} `CANCELLED` when `signal` aborts; `NON_FINITE` when the scores are NaN; `USAGE` when a setting is out of range.
 * @throws {ShapeError} when a prompt is empty or holds unknown ids.
 * @example
 * const [[best]] = await beamSearch(decoder, [tokenizer.encode('Once').ids], { numBeams: 4, noRepeatNgramSize: 2 });
 */
export async function beamSearch(
  decoder: Decoder,
  prompts: readonly ArrayLike<number>[],
  options: BeamSearchOptions = {},
): Promise<BeamResult[][]> {
  const settings = beamSettings(options);
  const { numResults = 1, signal } = options;
  const { numBeams, maxTokens, stopTokens } = settings;
  check(
    isCount(numResults) && numResults > 0 && numResults <= numBeams,
    `numResults must be a whole number from 1 to numBeams (${numBeams})`,
    numResults,
  );
  const processors = logitsProcessors(options);
  const searches = prompts.map(() => new Beams(settings));
  if (maxTokens > 0 && prompts.length > 0) {
    throwIfAborted(signal);
    const first = await decoder.start(prompts, maxTokens);
    await decoder.reorder(prompts.flatMap((_, prompt) => Array.from({ length: numBeams }, () => prompt)));
    let rows = first.flatMap((scores) => Array.from({ length: numBeams }, () => scores));
    for (let numNew = 0; ; numNew++) {
      throwIfAborted(signal);
      const logProbabilities = rows.map((scores, row) =>
        processed(scores, processors, decoder.sequences[row] ?? [], numNew),
      );
      const steps = searches.flatMap((beams, prompt) =>
        beams
          .advance(logProbabilities.slice(prompt * numBeams, (prompt + 1) * numBeams))
          .map(({ origin, id }) => ({ origin: prompt * numBeams + origin, id })),
      );
      if (numNew === maxTokens - 1 || searches.every(({ isDone }) => isDone)) break;
      await decoder.reorder(steps.map(({ origin }) => origin));
      rows = await decoder.append(steps.map(({ id }) => id));
    }
  }
  return searches.map(({ finished }) =>
    finished.slice(0, numResults).map(({ ids, score }) => ({
      ids,
      score,
      finishReason: stopTokens.includes(ids.at(-1) ?? -1) ? 'stop' : 'length',
    })),
  );
}

/** Log probabilities after the processors, which see these and not the logits, as in Hugging Face transformers. */
function processed(
  scores: Float32Array,
  processors: readonly LogitsProcessor[],
  ids: readonly number[],
  numNew: number,
): Float32Array {
  argMax(scores);
  const logProbabilities = logSoftmax(scores);
  for (const process of processors) process(logProbabilities, ids, numNew);
  return logProbabilities;
}

function beamSettings({
  numBeams = 4,
  maxTokens = DEFAULT_MAX_TOKENS,
  stopTokens = [],
  lengthPenalty = 1,
  earlyStopping = false,
}: BeamSearchOptions): BeamSettings {
  check(isCount(numBeams) && numBeams > 0, 'numBeams must be a whole number of at least 1', numBeams);
  check(Number.isFinite(lengthPenalty), 'lengthPenalty must be a finite number', lengthPenalty);
  return { numBeams, maxTokens, stopTokens, lengthPenalty, earlyStopping };
}
