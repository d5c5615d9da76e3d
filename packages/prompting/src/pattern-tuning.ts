import { ClozeError, type BatchArray, type MaskedLanguageModel, type Objective } from '@cloze/core';
import { sequenceBatch, type SequenceInputField, type SupervisedOptions } from '@cloze/objectives';
import * as tf from '@tensorflow/tfjs';
import { clozeIds, wordIds, type PromptTokenizer } from './cloze-ids.ts';
import { aroundBlank } from './prompt.ts';
import type { SlotValues, Template } from './template.ts';
import type { Verbalizer } from './verbalizer.ts';

/** A pattern, which asks for a word, with a verbalizer, which says what the words mean; and how a model reads them. */
export interface PatternVerbalizerPair<Slot extends string, Label extends string> {
  /** With one blank. */
  readonly template: Template<Slot>;
  readonly verbalizer: Verbalizer<Label>;
  readonly tokenizer: PromptTokenizer;
  /** Default: `[MASK]`. */
  readonly maskToken?: string;
}

/** A pattern filled in, with its label. */
export interface PatternExample {
  readonly inputIds: readonly number[];
  readonly maskPosition: number;
  /** The probability of each label: one of them 1, or soft labels. */
  readonly labels: readonly number[];
}

/**
 * Turns a text and its label into a training example. All that can be wrong with a text is found here, before training begins.
 *
 * @param label one of the verbalizer's, or the probability of each, see `ensembleLabels`.
 * @throws {ConfigError} when a slot has no value, or the template not one blank.
 * @throws {ClozeError} `DATA_INVALID` when the label is none of the verbalizer's.
 */
export function patternExample<Slot extends string, Label extends string>(
  { template, verbalizer: { labels }, tokenizer, maskToken = '[MASK]' }: PatternVerbalizerPair<Slot, Label>,
  values: SlotValues<Slot>,
  label: Label | readonly number[],
): PatternExample {
  const prompt = template.fill(values);
  const { ids, blankPosition } = clozeIds(prompt, { tokenizer, blankToken: maskToken, addSpecialTokens: true });
  const known: readonly string[] = labels;
  if (typeof label === 'string' ? !known.includes(label) : label.length !== labels.length) {
    throw new ClozeError('DATA_INVALID', {
      message: `A label must be one of ${labels.join(', ')}, or the probability of each, got ${JSON.stringify(label)}.`,
      hint: 'Give it words in the verbalizer, or correct the data.',
    });
  }
  return {
    inputIds: ids,
    maskPosition: blankPosition,
    labels: typeof label === 'string' ? labels.map((other) => Number(other === label)) : label,
  };
}

/** The fields of its batches: [B, T], `predictionPositions` [B, 1], `labels` float32 [B, C]. */
export type PatternTuningField = SequenceInputField | 'predictionPositions' | 'labels';

/**
 * Pattern-exploiting training: a masked language model learns to put the right words into a pattern, so that it starts from what it knows and learns from
 * few examples. The loss is the cross entropy of labels whose probabilities are those of `labelLogProbabilities`, in nats per text. The metric is `accuracy`.
 *
 * Tune a copy of the model for each pattern and let them label more texts together, see `ensembleLabels`. Left out is the authors' auxiliary masked
 * language modeling (section 3.2), which they weigh with 1e-4.
 *
 * @see Schick and Schuetze 2021, "Exploiting Cloze Questions for Few Shot Text Classification and Natural Language Inference", section 3.1.
 *   <https://arxiv.org/abs/2001.07676>
 * @throws {ConfigError} when the template has not one blank; `prepare` throws {ClozeError} `DATA_INVALID` when an example is too long.
 */
export function patternTuning<Slot extends string, Label extends string>(
  pair: PatternVerbalizerPair<Slot, Label>,
  options: SupervisedOptions,
): Objective<PatternExample, MaskedLanguageModel, PatternTuningField> {
  const name = 'patternTuning';
  const toLabelScores = labelScoring(pair);
  return {
    name,
    prepare: (examples) => ({
      ...sequenceBatch(name, examples, options),
      predictionPositions: matrix(
        Int32Array.from(examples, ({ maskPosition }) => maskPosition),
        examples.length,
      ),
      labels: matrix(Float32Array.from(examples.flatMap(({ labels }) => labels)), examples.length),
    }),
    loss: (model, { labels, ...inputs }, key) => {
      const { logits } = model.forward(inputs, { key });
      const scores = toLabelScores(tf.squeeze(logits, [1]));
      const numTargets = tf.scalar(labels.shape[0]);
      const loss: tf.Scalar = tf.div(tf.neg(tf.sum(tf.mul(labels, tf.logSoftmax(scores)))), numTargets);
      const isRight = tf.equal(tf.argMax(scores, -1), tf.argMax(labels, -1));
      return { loss, numTargets, metrics: { accuracy: tf.mean(tf.cast(isRight, 'float32')) } };
    },
  };
}

/** From logits [B, V] to scores of labels [B, C]: `labelLogProbabilities` in tfjs, before its last normalization. */
function labelScoring({
  template,
  verbalizer,
  tokenizer,
}: PatternVerbalizerPair<string, string>): (logits: tf.Tensor) => tf.Tensor {
  const empty = Object.fromEntries(template.slots.map((slot) => [slot, '']));
  const [before] = aroundBlank(template.fill(empty));
  const tokensOfWords = verbalizer.words.map((word) => wordIds(tokenizer, before, word));
  const tokens = tokensOfWords.flat();
  const wordOfToken = tokensOfWords.flatMap((ids, word) => ids.map(() => word));
  return (logits) => {
    const ofTokens = tf.gather(logits, tf.tensor1d(tokens, 'int32'), 1); // [B, N]
    const ofWords = tf.matMul(ofTokens, averaging(wordOfToken, verbalizer.words.length)); // [B, W]
    return tf.matMul(tf.logSoftmax(ofWords), averaging(verbalizer.labelOfWord, verbalizer.labels.length));
  };
}

/** [N, G]: multiplying with it gives the mean over the members of each group. */
function averaging(groupOf: readonly number[], numGroups: number): tf.Tensor2D {
  const sizes = Array.from({ length: numGroups }, (_, group) => groupOf.filter((other) => other === group).length);
  const rows = groupOf.map((group) => sizes.map((size, column) => (column === group ? 1 / size : 0)));
  return tf.tensor2d(rows, [groupOf.length, numGroups]);
}

function matrix(data: Int32Array | Float32Array, numRows: number): BatchArray {
  return { data, shape: [numRows, data.length / numRows] };
}
