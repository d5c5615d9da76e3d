import { ClozeError, type EncoderDecoderModel, type Objective, type RandomKey } from '@cloze/core';
import type { Noise } from './denoising/noise.ts';
import { sentencePermutation, type SentencePermutationOptions } from './denoising/sentence-permutation.ts';
import { textInfilling, type TextInfillingOptions } from './denoising/text-infilling.ts';
import { textToTextBatch, type TextToTextBatchOptions, type TextToTextField } from './text-to-text-batch.ts';
import { textToText } from './text-to-text.ts';

/** Settings of {@link denoising}. */
export interface DenoisingOptions extends TextToTextBatchOptions {
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  /** Applied one after the other. The authors' order: sentences, then words, then insertion, then rotation. */
  readonly noises: readonly Noise[];
}

/**
 * Restoring a text that was damaged.
 *
 * An example is a row of token ids without begin and end of text. The source is `bos text eos` after all noises, the target `bos text eos` before them.
 * A source that noise has made longer than `sourceLength` loses its last tokens before the end of text.
 *
 * @see Lewis et al. 2020, "BART: Denoising Sequence-to-Sequence Pre-training for Natural Language Generation, Translation, and Comprehension",
 *   section 2.2. <https://arxiv.org/abs/1910.13461>
 */
export function denoising(
  options: DenoisingOptions,
): Objective<ArrayLike<number>, EncoderDecoderModel, TextToTextField> {
  const { noises, sourceLength } = options;
  return {
    ...textToText(options),
    name: 'denoising',
    prepare: (examples, key) => {
      const pairs = examples.map((example, index) => {
        checkLength(example, index, options.targetLength);
        const targetIds = framed(example, options);
        return { sourceIds: shortened(damaged(targetIds, noises, key.fold(index)), sourceLength), targetIds };
      });
      return textToTextBatch(pairs, options, 'denoising');
    },
  };
}

/** Settings of {@link bartNoises}. */
export type BartNoiseOptions = Pick<SentencePermutationOptions, 'isSentenceEnd'> & Omit<TextInfillingOptions, 'ratio'>;

/**
 * What the published BART models were pre-trained with: all sentences in random order, and 30 % of the words in masked spans.
 *
 * @throws {ConfigError} see {@link textInfilling}.
 * @see Lewis et al. 2020, section 5.1.
 */
export function bartNoises({ isSentenceEnd, ...infilling }: BartNoiseOptions): Noise[] {
  return [sentencePermutation({ isSentenceEnd }), textInfilling({ ...infilling, ratio: 0.3 })];
}

function checkLength({ length }: ArrayLike<number>, index: number, targetLength = Infinity): void {
  const maximum = targetLength - 2;
  if (length >= 1 && length <= maximum) return;
  const limit = maximum === Infinity ? 'at least 1 token' : `at least 1 and at most ${maximum} tokens`;
  throw new ClozeError('DATA_INVALID', {
    message: `denoising: example ${index} must have ${limit}, got ${length}.`,
    hint: 'Begin and end of text are added; leave empty texts out, and cut long ones.',
  });
}

function framed(example: ArrayLike<number>, { bosTokenId, eosTokenId }: DenoisingOptions): Int32Array {
  const tokens = new Int32Array(example.length + 2);
  tokens[0] = bosTokenId;
  tokens.set(example, 1);
  tokens[example.length + 1] = eosTokenId;
  return tokens;
}

function damaged(tokens: Int32Array, noises: readonly Noise[], key: RandomKey): Int32Array {
  return noises.reduce((damaged, noise, index) => noise(damaged, key.fold(index)), tokens);
}

function shortened(tokens: Int32Array, length = tokens.length): Int32Array {
  if (tokens.length <= length) return tokens;
  const result = tokens.slice(0, length);
  result.set(tokens.subarray(-1), length - 1);
  return result;
}
