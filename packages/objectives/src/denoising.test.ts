import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { bartNoises, denoising, type DenoisingOptions } from './denoising.ts';
import { documentRotation } from './denoising/document-rotation.ts';
import { sentencePermutation } from './denoising/sentence-permutation.ts';
import { textInfilling } from './denoising/text-infilling.ts';
import { tokenDeletion } from './denoising/token-deletion.ts';
import { tokenInsertion } from './denoising/token-insertion.ts';
import { tokenMasking } from './denoising/token-masking.ts';

const [BOS, PAD, EOS, MASK] = [0, 1, 2, 3];
const key = RandomKey.fromSeed(1);
const isSentenceEnd = (id: number): boolean => id % 7 === 0;
const tokens = { bosTokenId: BOS, padTokenId: PAD, eosTokenId: EOS, decoderStartTokenId: EOS };
const prepare = (examples: ArrayLike<number>[], options: Partial<DenoisingOptions> = {}, own = key) =>
  denoising({ ...tokens, noises: [], ...options }).prepare(examples, own);
const documents = Array.from({ length: 8 }, (_, row) =>
  Int32Array.from({ length: 20 + row }, (_, i) => 10 + 30 * row + i),
);

describe('denoising', () => {
  it('predicts the whole text from its begin to its end', () => {
    expect(prepare([[10, 11], [12]])).toEqual({
      inputIds: { data: Int32Array.of(BOS, 10, 11, EOS, BOS, 12, EOS, PAD), shape: [2, 4] },
      attentionMask: { data: Int32Array.of(1, 1, 1, 1, 1, 1, 1, 0), shape: [2, 4] },
      decoderInputIds: { data: Int32Array.of(EOS, BOS, 10, 11, EOS, BOS, 12, PAD), shape: [2, 4] },
      labels: { data: Int32Array.of(BOS, 10, 11, EOS, BOS, 12, EOS, -100), shape: [2, 4] },
    });
  });

  const noises = {
    masking: tokenMasking({ ratio: 0.2, maskTokenId: MASK }),
    deletion: tokenDeletion({ ratio: 0.2 }),
    infilling: textInfilling({ ratio: 0.3, maskTokenId: MASK }),
    permutation: sentencePermutation({ isSentenceEnd }),
    rotation: documentRotation(),
    insertion: tokenInsertion({ ratio: 0.1, maskTokenId: MASK }),
  };
  const compositions = Object.entries(noises).flatMap(([first, one]) =>
    Object.entries(noises).map(([second, other]) => [`${first}, ${second}`, [one, other]] as const),
  );

  it.each(compositions)('keeps begin, end, and every token at most once under %s', (_, noises) => {
    const { inputIds, labels } = prepare(documents, { noises, sourceLength: 40, targetLength: 40 });
    documents.forEach((document, row) => {
      const source = inputIds.data.subarray(40 * row, 40 * row + 40).filter((id) => id !== PAD);
      expect([source[0], source.at(-1)]).toEqual([BOS, EOS]);
      const kept = source.subarray(1, -1).filter((id) => id !== MASK);
      expect(new Set(kept).size).toBe(kept.length);
      expect(kept.every((id) => document.includes(id))).toBe(true);
      expect([...labels.data.subarray(40 * row + 1, 40 * row + 1 + document.length)]).toEqual([...document]);
    });
  });

  it('is a function of the key, with other noise for each example', () => {
    const options = { noises: bartNoises({ isSentenceEnd, maskTokenId: MASK }), sourceLength: 40 };
    const same = documents.map(() => documents[0] ?? []);
    const batch = prepare(same, options);
    expect(prepare(same, options)).toEqual(batch);
    expect(prepare(same, options, RandomKey.fromSeed(2))).not.toEqual(batch);
    const rows = same.map((_, row) => batch.inputIds.data.subarray(40 * row, 40 * row + 40).join());
    expect(new Set(rows).size).toBe(rows.length);
  });

  it('hides about 30 % of a long text in the published recipe, and keeps its sentences whole', () => {
    const text = Int32Array.from({ length: 1000 }, (_, index) => 100 + index);
    const batch = prepare([text], { noises: bartNoises({ isSentenceEnd, maskTokenId: MASK }) });
    const kept = batch.inputIds.data.filter((id) => id >= 100);
    expect(1 - kept.length / 1000).toBeGreaterThan(0.22);
    expect(1 - kept.length / 1000).toBeLessThanOrEqual(0.3);
    const isJoined = [...kept.subarray(1)].filter(
      (id, index) => id > (kept[index] ?? 0) && id - (kept[index] ?? 0) < 20,
    );
    expect(isJoined.length).toBeGreaterThan(400);
    expect([...kept]).not.toEqual([...kept].sort((a, b) => a - b));
  });

  it('cuts a source that has become too long before its end', () => {
    const noises = [tokenInsertion({ ratio: 1, maskTokenId: MASK })];
    const { inputIds } = prepare([[10, 11, 12]], { noises, sourceLength: 6 });
    expect(inputIds.shape).toEqual([1, 6]);
    expect([inputIds.data[0], inputIds.data[5]]).toEqual([BOS, EOS]);
  });

  it('refuses empty texts and texts that are too long', () => {
    expect(() => prepare([[10], []])).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: denoising: example 1 must have at least 1 token, got 0. Begin and end of text are added; leave empty texts out, and cut long ones.]`,
    );
    expect(() => prepare([[10, 11, 12]], { targetLength: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: denoising: example 0 must have at least 1 and at most 2 tokens, got 3. Begin and end of text are added; leave empty texts out, and cut long ones.]`,
    );
  });
});
