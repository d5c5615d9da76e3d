import { ClozeError, ShapeError } from '@cloze/core';
import type { Decoder } from './decoder.ts';

/** One of several continuations. */
export interface Choice {
  /** At least one token. */
  readonly ids: readonly number[];
  /** Of its text: for the normalization by bytes. */
  readonly numBytes?: number;
}

/**
 * What a choice's log probability is made of before choices are compared.
 *
 * - `none`: nothing; short choices are favoured.
 * - `tokens`, `bytes`: the mean per token or per byte of text, as `acc_norm` of lm-evaluation-harness (bytes).
 * - `prior`: the log probability after a neutral prompt is subtracted, so that what is common anyway does not win.
 *
 * @see Brown et al. 2020, "Language Models are Few-Shot Learners", section 2.4 (mean per token, and the prior). <https://arxiv.org/abs/2005.14165>
 * @see Holtzman et al. 2021, "Surface Form Competition", section 3 (the prior: domain conditional PMI). <https://arxiv.org/abs/2104.08315>
 */
export type ChoiceNormalization = 'none' | 'tokens' | 'bytes' | 'prior';

/** Settings of {@link scoreChoices}. */
export interface ScoreChoicesOptions {
  /** Default: `none`. */
  readonly normalization?: ChoiceNormalization;
  /** For `prior`: what stands in the place of the prompt, for example `Answer:`. */
  readonly neutralPrompt?: ArrayLike<number>;
}

/** How well a choice continues the prompt. */
export interface ScoredChoice {
  /** Of all its tokens together, in nats. */
  readonly logProbability: number;
  /** Of each of its tokens, in nats. */
  readonly tokenLogProbabilities: readonly number[];
  /** Normalized: what to compare choices by. */
  readonly score: number;
  /** exp(score) over the sum of all choices'. */
  readonly probability: number;
}

/**
 * Scores given continuations of a prompt. The prompt is read once and its cache shared; then all continuations are read at once.
 *
 * @param prompt at least one token; for an encoder-decoder, the source. What does not fit into the positions beside the longest choice is cut off at
 * its beginning.
 * @returns for each choice.
 * @throws {ClozeError} `USAGE` when there is no choice, one has no token, or what the normalization needs is absent; `NON_FINITE` when the scores are.
 * @throws {ShapeError} when ids are unknown, or a choice is longer than the positions.
 * @example
 * const scored = await scoreChoices(decoder, promptIds, [{ ids: yes }, { ids: no }]);
 */
export async function scoreChoices(
  decoder: Decoder,
  prompt: ArrayLike<number>,
  choices: readonly Choice[],
  { normalization = 'none', neutralPrompt }: ScoreChoicesOptions = {},
): Promise<ScoredChoice[]> {
  if (choices.length === 0 || choices.some(({ ids }) => ids.length === 0))
    throw usage('there must be choices, each with at least one token', 'Leave empty choices out.');
  if (normalization === 'prior' && neutralPrompt === undefined)
    throw usage(
      "neutralPrompt must be given for the normalization 'prior'",
      "Give the tokens of 'Answer:' or the like.",
    );
  if (normalization === 'bytes' && choices.some(({ numBytes = 0 }) => numBytes < 1))
    throw usage("every choice must have numBytes for the normalization 'bytes'", 'Count the bytes of its text.');
  const rows = await logProbabilities(decoder, prompt, choices);
  const priors = normalization === 'prior' ? await logProbabilities(decoder, neutralPrompt ?? [], choices) : [];
  const sums = rows.map(sum);
  const scores = choices.map(({ ids, numBytes = 1 }, index) => {
    const total = sums[index] ?? 0;
    if (normalization === 'prior') return total - sum(priors[index] ?? []);
    return normalization === 'tokens' ? total / ids.length : normalization === 'bytes' ? total / numBytes : total;
  });
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  return rows.map((tokenLogProbabilities, index) => ({
    logProbability: sums[index] ?? 0,
    tokenLogProbabilities,
    score: scores[index] ?? 0,
    probability: (weights[index] ?? 0) / sum(weights),
  }));
}

async function logProbabilities(
  decoder: Decoder,
  prompt: ArrayLike<number>,
  choices: readonly Choice[],
): Promise<number[][]> {
  const continuations = choices.map(({ ids }) => ids);
  const [scores] = await decoder.start([fitting(decoder, prompt, continuations)], 1);
  if (scores === undefined) return [];
  await decoder.reorder(continuations.map(() => 0));
  const rows = await decoder.scoreContinuations(
    continuations,
    continuations.map(() => scores),
  );
  if (rows.flat().every(Number.isFinite)) return rows;
  throw new ClozeError('NON_FINITE', {
    message: 'The log probabilities of choices must be finite, but some are not.',
    hint: 'The weights are damaged or the model diverged in training; use an earlier checkpoint.',
  });
}

/** The end of a prompt that leaves room for the continuations. An encoder has positions of its own. */
function fitting(
  decoder: Decoder,
  prompt: ArrayLike<number>,
  continuations: readonly (readonly number[])[],
): ArrayLike<number> {
  const { maxPositions } = decoder.model.cacheShape;
  // The last token of a continuation is predicted, not read.
  const room = maxPositions + 1 - Math.max(...continuations.map(({ length }) => length));
  if (room < 1) {
    throw new ShapeError({
      message: `A choice must have at most ${maxPositions} tokens, got ${maxPositions + 1 - room}.`,
      hint: 'Shorten it, or use a model with more positions.',
    });
  }
  return decoder.isEncoderDecoder || prompt.length <= room ? prompt : Array.from(prompt).slice(-room);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function usage(rule: string, hint: string): ClozeError {
  return new ClozeError('USAGE', { message: `scoreChoices: ${rule}.`, hint });
}
