import { describe, expect, it } from 'vitest';
import { joinChoices } from './join-choices.ts';

const options = { maskTokenIds: [7], startOfPieceTokenId: 8, endOfPieceTokenId: 9, padTokenId: 0 };

describe('joinChoices', () => {
  it('writes each answer behind its question and says where it is scored', () => {
    expect(joinChoices([{ context: [5, 7, 6], answers: [[1], [2, 3]] }], options)).toEqual({
      inputIds: { data: Int32Array.of(5, 7, 6, 8, 1, 0, 5, 7, 6, 8, 2, 3), shape: [1, 2, 6] },
      positionIds: { data: Int32Array.of(0, 1, 2, 1, 1, 0, 0, 1, 2, 1, 1, 1), shape: [1, 2, 6] },
      blockPositionIds: { data: Int32Array.of(0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 3), shape: [1, 2, 6] },
      sep: { data: Int32Array.of(3, 3), shape: [1, 2] },
      targetIds: { data: Int32Array.of(-100, -100, -100, 1, 9, -100, -100, -100, -100, 2, 3, 9), shape: [1, 2, 6] },
    });
  });

  it('says what is wrong with a question', () => {
    const join =
      (...questions: Parameters<typeof joinChoices>[0]) =>
      (): unknown =>
        joinChoices(questions, options);
    expect(join({ context: [5], answers: [[1]] })).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: joinChoices: question 0 must hold one of the tokens 7, got none. Put [MASK] where the answer belongs.]`,
    );
    expect(join({ context: [7], answers: [] })).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: joinChoices: the number of answers of question 0 must be at least 1, got 0. Give questions with other numbers of answers in batches of their own.]`,
    );
    expect(
      join({ context: [7], answers: [[1]] }, { context: [7], answers: [[1], [2]] }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: joinChoices: the number of answers of question 1 must be that of the first, 1, got 2. Give questions with other numbers of answers in batches of their own.]`,
    );
  });
});
