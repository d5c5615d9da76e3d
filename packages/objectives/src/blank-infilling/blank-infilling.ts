import { ClozeError, ConfigError, type BlankInfillingModel, type Objective, type RandomKey } from '@cloze/core';
import { crossEntropy, IGNORED_LABEL } from '../cross-entropy.ts';
import { documentSpan, documentSpanLength } from './document-span.ts';
import { infilledLength, writeInfilledRow, type InfilledText } from './infilled-row.ts';
import { sentenceSpans } from './sentence-spans.ts';
import { maskableSpans, type Span } from './span.ts';
import { poissonLengths, tokenSpans } from './token-spans.ts';

/** What a blank stands for: a few tokens, a whole sentence, or half a text or more. */
export type BlankKind = 'tokens' | 'sentences' | 'document';

/** Settings of {@link blankInfilling}. */
export interface BlankInfillingOptions {
  /** `[MASK]`. */
  readonly maskTokenId: number;
  /** `[sMASK]`. Default: `maskTokenId`. */
  readonly sentenceMaskTokenId?: number;
  /** `[gMASK]`. Default: `maskTokenId`. */
  readonly documentMaskTokenId?: number;
  /** `<|startofpiece|>`. */
  readonly startOfPieceTokenId: number;
  /** `<|endofpiece|>`. */
  readonly endOfPieceTokenId: number;
  /** Fills rows after part B; never seen by tokens before it. */
  readonly padTokenId: number;
  /** Separates documents where a text holds several; only masked at the end of a text. Default: a text is one document. */
  readonly endOfTextTokenId?: number;
  /** The tokens that end a sentence, see `isSentenceEnd`; needed for sentences. */
  readonly sentenceEndIds?: ReadonlySet<number>;
  /** How likely each kind is for a batch; relative to their sum, absent = 0. Default: tokens only. */
  readonly kinds?: Partial<Readonly<Record<BlankKind, number>>>;
  /** The share of a text that token blanks mask. Default: 0.15. */
  readonly tokenShare?: number;
  /** The mean of Poisson's distribution of their lengths, before 0 is left out. Default: 3. */
  readonly meanSpanLength?: number;
  /** The share of a text that sentence blanks mask at least. Default: 0.15. */
  readonly sentenceShare?: number;
  /** The least share of a text that a document blank masks. Default: 0.5. */
  readonly documentShare?: number;
  /** How likely a document blank is the end of the text, and not anywhere. Default: 0.5. */
  readonly suffixProbability?: number;
  /**
   * The columns of every batch, so that one compiled step serves all. A row has the tokens of its text and two for each blank; a text gets no more
   * blanks than fit, so leave room: a fifth of its length is ample for token blanks of the default share. Default: those of the longest row.
   */
  readonly length?: number;
}

/**
 * The fields of its batches: `inputIds`, `positionIds`, `blockPositionIds` and `labels` [B, T], where each label stands at the place that predicts it,
 * and `sep` [B], the length of part A.
 */
export type BlankInfillingField = 'inputIds' | 'positionIds' | 'blockPositionIds' | 'sep' | 'labels';

/**
 * Filling the blanks of a text, each from left to right with the text around it in view.
 *
 * An example is a text, best with `[CLS]` in front: the first token of a document is never masked. All texts of a batch have blanks of one kind.
 * Every blank ends with `<|endofpiece|>`; the authors' code leaves it out after a suffix.
 *
 * @throws {ConfigError} when the probabilities of the kinds have no sum, or sentences are asked for without `sentenceEndIds`.
 * @see Du et al. 2022, "GLM: General Language Model Pretraining with Autoregressive Blank Infilling", section 2.1. <https://arxiv.org/abs/2103.10360>
 */
export function blankInfilling(
  options: BlankInfillingOptions,
): Objective<ArrayLike<number>, BlankInfillingModel, BlankInfillingField> {
  const chooseKind = kindChooser(options);
  const drawers = spanDrawers(options);
  const masks: Readonly<Record<BlankKind, number>> = {
    tokens: options.maskTokenId,
    sentences: options.sentenceMaskTokenId ?? options.maskTokenId,
    document: options.documentMaskTokenId ?? options.maskTokenId,
  };
  return {
    name: 'blankInfilling',

    prepare: (examples, key) => {
      const kind = chooseKind(key.fold('kind'));
      const draw = drawers[kind](examples, key.fold('batch'));
      const rows = examples.map((text, index) => {
        const own = key.fold(index);
        checkText(text, index, options.length);
        const spans = draw(text, maskableSpans(text, options.endOfTextTokenId), own.fold('spans'));
        return { text, spans, order: own.fold('order').permutation(spans.length), maskTokenId: masks[kind] };
      });
      return toBatch(rows, options);
    },

    loss: (model, { labels, ...inputs }, key) => {
      const { logits } = model.forward(inputs, { key });
      return { ...crossEntropy(logits, labels), metrics: {} };
    },
  };
}

/** Draws the blanks of a text, in its order. */
type SpanDrawer = (text: ArrayLike<number>, documents: readonly Span[], key: RandomKey) => Span[];

/** By kind: what makes the drawer for a batch of texts. */
function spanDrawers(
  options: BlankInfillingOptions,
): Readonly<Record<BlankKind, (texts: readonly ArrayLike<number>[], key: RandomKey) => SpanDrawer>> {
  const { tokenShare = 0.15, sentenceShare = 0.15, documentShare = 0.5, suffixProbability = 0.5 } = options;
  const { sentenceEndIds = new Set(), length: columns = Infinity } = options;
  const cumulative = poissonLengths(options.meanSpanLength ?? 3);
  const maxSpans = (text: ArrayLike<number>): number => Math.floor((columns - text.length) / 2);
  return {
    tokens: () => (text, documents, key) =>
      tokenSpans(text, documents, { share: tokenShare, cumulative, maxSpans: maxSpans(text) }, key),
    sentences: () => (text, documents, key) =>
      sentenceSpans(text, documents, { share: sentenceShare, sentenceEndIds, maxSpans: maxSpans(text) }, key),
    document: (texts, batchKey) => {
      const textLengths = texts.map(({ length }) => length);
      const length = documentSpanLength(textLengths, documentShare, batchKey);
      return (text, documents, key) => [documentSpan(text, documents, { length, suffixProbability }, key)];
    },
  };
}

function kindChooser({ kinds = { tokens: 1 }, sentenceEndIds }: BlankInfillingOptions): (key: RandomKey) => BlankKind {
  const { tokens = 0, sentences = 0, document = 0 } = kinds;
  const sum = tokens + sentences + document;
  if (![tokens, sentences, document].every((weight) => weight >= 0) || !(sum > 0 && sum < Infinity)) {
    throw new ConfigError({
      message: `blankInfilling: kinds must be probabilities with a sum above 0, got ${JSON.stringify(kinds)}.`,
      hint: 'Name at least one of tokens, sentences and document.',
    });
  }
  if (sentences > 0 && sentenceEndIds === undefined) {
    throw new ConfigError({
      message: 'blankInfilling: with sentences, sentenceEndIds must be given.',
      hint: 'Collect the ids of the tokens for which isSentenceEnd is true.',
    });
  }
  return (key) => {
    const chance = sum * (key.uniform(1)[0] ?? 0);
    if (chance < tokens) return 'tokens';
    return chance < tokens + sentences ? 'sentences' : 'document';
  };
}

function toBatch(rows: readonly InfilledText[], { length, padTokenId, ...tokens }: BlankInfillingOptions) {
  const columns = length ?? rows.reduce((longest, row) => Math.max(longest, infilledLength(row)), 0);
  const matrix = (padding: number) => ({
    data: new Int32Array(rows.length * columns).fill(padding),
    shape: [rows.length, columns],
  });
  const fields = {
    inputIds: matrix(padTokenId),
    positionIds: matrix(0),
    blockPositionIds: matrix(0),
    labels: matrix(IGNORED_LABEL),
  };
  const sep = Int32Array.from(rows, (row, index) => {
    const ofRow = ({ data }: { data: Int32Array }): Int32Array => data.subarray(index * columns, (index + 1) * columns);
    const arrays = {
      inputIds: ofRow(fields.inputIds),
      positionIds: ofRow(fields.positionIds),
      blockPositionIds: ofRow(fields.blockPositionIds),
      labels: ofRow(fields.labels),
    };
    return writeInfilledRow(row, arrays, tokens);
  });
  return { ...fields, sep: { data: sep, shape: [rows.length] } };
}

function checkText(text: ArrayLike<number>, index: number, columns = Infinity): void {
  if (text.length >= 2 && text.length + 2 <= columns) return;
  throw new ClozeError('DATA_INVALID', {
    message: `blankInfilling: example ${index} must have at least 2 tokens${columns === Infinity ? '' : ` and at most ${columns - 2}`}, got ${text.length}.`,
    hint: 'Leave shorter texts out, cut longer ones, or raise length.',
  });
}
