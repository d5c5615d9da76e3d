import { ClozeError, type Batch } from '@cloze/core';
import { joinPieces, type BlankInfillingRow } from './two-dimensional-positions.ts';

/** A question with a blank, and what may stand there. */
export interface Question {
  /** Part A. Its first mask is the blank. */
  readonly context: ArrayLike<number>;
  /** At least one; as many for each question of a batch. */
  readonly answers: readonly ArrayLike<number>[];
}

/** Settings of {@link joinChoices}. */
export interface JoinChoicesOptions {
  readonly maskTokenIds: readonly number[];
  readonly startOfPieceTokenId: number;
  readonly endOfPieceTokenId: number;
  readonly padTokenId: number;
}

/** The fields of `ChoiceInputs` on the host; `toBatchTensors` of core copies them into tfjs. */
export type ChoiceField = 'inputIds' | 'positionIds' | 'blockPositionIds' | 'sep' | 'targetIds';

/** One answer, and what each token of its row is to predict. */
interface ChoiceRow extends BlankInfillingRow {
  readonly targetIds: Int32Array;
}

/** Not predicted, as in Hugging Face transformers. */
const NO_TARGET = -100;

/**
 * Writes each answer behind its question, in a row of its own.
 *
 * @throws {ClozeError} `DATA_INVALID` when a question has no mask, or another number of answers than the first.
 */
export function joinChoices(questions: readonly Question[], options: JoinChoicesOptions): Batch<ChoiceField> {
  const numChoices = questions[0]?.answers.length ?? 0;
  const rows = questions.flatMap((question, index) => {
    checkQuestion(question, index, { numChoices, maskTokenIds: options.maskTokenIds });
    return question.answers.map((answer) => toRow(question.context, answer, options));
  });
  const length = Math.max(0, ...rows.map(({ inputIds }) => inputIds.length));
  const matrix = (field: Exclude<ChoiceField, 'sep'>, padding: number) => {
    const data = new Int32Array(rows.length * length).fill(padding);
    rows.forEach((row, index) => {
      data.set(row[field], index * length);
    });
    return { data, shape: [questions.length, numChoices, length] };
  };
  return {
    inputIds: matrix('inputIds', options.padTokenId),
    positionIds: matrix('positionIds', 0),
    blockPositionIds: matrix('blockPositionIds', 0),
    sep: { data: Int32Array.from(rows, ({ sep }) => sep), shape: [questions.length, numChoices] },
    targetIds: matrix('targetIds', NO_TARGET),
  };
}

function toRow(
  context: ArrayLike<number>,
  answer: ArrayLike<number>,
  { maskTokenIds, startOfPieceTokenId, endOfPieceTokenId }: JoinChoicesOptions,
): ChoiceRow {
  const maskPosition = firstMask(context, maskTokenIds);
  const row = joinPieces(context, [{ maskPosition, ids: [startOfPieceTokenId, ...Array.from(answer)] }]);
  const targetIds = new Int32Array(row.inputIds.length).fill(NO_TARGET);
  targetIds.set([...Array.from(answer), endOfPieceTokenId], row.sep);
  return { ...row, targetIds };
}

function firstMask(context: ArrayLike<number>, maskTokenIds: readonly number[]): number {
  return Array.from(context).findIndex((id) => maskTokenIds.includes(id));
}

function checkQuestion(
  { context, answers }: Question,
  index: number,
  { numChoices, maskTokenIds }: { readonly numChoices: number; readonly maskTokenIds: readonly number[] },
): void {
  if (answers.length === 0 || answers.length !== numChoices) {
    throw new ClozeError('DATA_INVALID', {
      message: `joinChoices: the number of answers of question ${index} must be ${numChoices === 0 ? 'at least 1' : `that of the first, ${numChoices}`}, got ${answers.length}.`,
      hint: 'Give questions with other numbers of answers in batches of their own.',
    });
  }
  if (firstMask(context, maskTokenIds) < 0) {
    throw new ClozeError('DATA_INVALID', {
      message: `joinChoices: question ${index} must hold one of the tokens ${maskTokenIds.join(', ')}, got none.`,
      hint: 'Put [MASK] where the answer belongs.',
    });
  }
}
