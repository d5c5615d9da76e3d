import { RandomKey } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { tokenMasker, type MaskedSequence, type MaskingOptions } from './mask-tokens.ts';

const CLS = 1;
const SEP = 2;
const MASK = 3;
const FIRST_WORD = 10;
const options: MaskingOptions = {
  tokens: { padTokenId: 0, clsTokenId: CLS, sepTokenId: SEP, maskTokenId: MASK },
  vocabSize: 1000,
  sequenceLength: 128,
};
const key = RandomKey.fromSeed(12345);

/** `[CLS] A [SEP] B [SEP]` without any token twice. */
function sequenceOf(length: number): Int32Array {
  const ids = Int32Array.from({ length }, (_, position) => FIRST_WORD + position);
  ids[0] = CLS;
  ids[Math.floor(length / 2)] = SEP;
  ids[length - 1] = SEP;
  return ids;
}

function maskOften(changes: Partial<MaskingOptions>, times: number, length = 128): MaskedSequence[] {
  const mask = tokenMasker({ ...options, ...changes });
  return Array.from({ length: times }, (_, index) => mask(sequenceOf(length), key.fold(index)));
}

/** The share of predicted tokens that satisfy a condition. */
function share(
  sequences: readonly MaskedSequence[],
  holds: (replacement: number, label: number, position: number) => boolean,
): number {
  const found = sequences.flatMap(({ inputIds, positions, labels }) =>
    Array.from(positions, (position, index) => holds(inputIds[position] ?? -1, labels[index] ?? -1, position)),
  );
  return found.filter(Boolean).length / found.length;
}

/** Neighbouring positions, together. */
function runsOf(positions: Int32Array): number[][] {
  const runs: number[][] = [];
  for (const position of positions) {
    const run = runs.at(-1);
    if (run?.at(-1) === position - 1) run.push(position);
    else runs.push([position]);
  }
  return runs;
}

describe('tokenMasker', () => {
  it('predicts 15% of each sequence, special tokens counted, halves rounded to even', () => {
    // 0.15 n = 19.2, 7.5, 4.5, 1.5, 0.75.
    for (const [length, count] of [
      [128, 19],
      [50, 8],
      [30, 4],
      [10, 2],
      [5, 1],
      [4, 1],
    ] as const) {
      expect(maskOften({}, 1, length)[0]?.positions.length, `${length} tokens`).toBe(count);
    }
    expect(maskOften({ maxPredictions: 5 }, 1)[0]?.positions.length).toBe(5);
    expect(maskOften({ maskedShare: 0.4 }, 1)[0]?.positions.length).toBe(51);
  });

  it('changes nothing but the positions that it names, and knows what was there', () => {
    for (const { inputIds, positions, labels } of maskOften({}, 50)) {
      const original = sequenceOf(128);
      expect(positions).toEqual(positions.toSorted());
      expect(new Set(positions).size).toBe(positions.length);
      expect(labels).toEqual(positions.map((position) => original[position] ?? -1));
      labels.forEach((label, index) => (inputIds[positions[index] ?? -1] = label));
      expect(inputIds).toEqual(original);
    }
  });

  it('masks 80%, replaces 10% by random tokens and keeps 10%', () => {
    const masked = maskOften({}, 4000); // 76,000 predictions: a standard deviation is 0.15% of 80% and 0.11% of 10%.
    expect(share(masked, (replacement) => replacement === MASK)).toBeCloseTo(0.8, 2);
    expect(share(masked, (replacement, label) => replacement === label)).toBeCloseTo(0.1, 2);
    expect(share(masked, (replacement, label) => replacement !== MASK && replacement !== label)).toBeCloseTo(0.1, 2);
  });

  it('replaces in other shares, at the same positions', () => {
    const usual = maskOften({}, 1000);
    expect(maskOften({ replacement: { mask: 0.8, random: 0.1 } }, 1000)).toEqual(usual);
    const masked = maskOften({ replacement: { mask: 1, random: 0 } }, 1000);
    expect(masked.map(({ positions }) => positions)).toEqual(usual.map(({ positions }) => positions));
    expect(share(masked, (replacement) => replacement === MASK)).toBe(1);
    const kept = maskOften({ replacement: { mask: 0.5, random: 0 } }, 4000);
    expect(share(kept, (replacement) => replacement === MASK)).toBeCloseTo(0.5, 2);
    expect(share(kept, (replacement, label) => replacement === label)).toBeCloseTo(0.5, 2);
  });

  it('draws random tokens from the whole vocabulary, special ones included', () => {
    const masked = maskOften({ vocabSize: 20 }, 4000);
    const counts = new Array<number>(20).fill(0);
    for (const { inputIds, positions, labels } of masked) {
      positions.forEach((position, index) => {
        const replacement = inputIds[position] ?? -1;
        if (replacement !== MASK && replacement !== labels[index]) counts[replacement] = (counts[replacement] ?? 0) + 1;
      });
    }
    // About 380 of each; those that occur in the text are sometimes the token itself.
    counts.forEach((count, id) => {
      if (id === MASK) expect(count).toBe(0);
      else expect(Math.abs(count - 380), `token ${id}`).toBeLessThan(80);
    });
  });

  it('chooses all positions equally often, and never [CLS] and [SEP]', () => {
    const counts = new Array<number>(128).fill(0);
    for (const { positions } of maskOften({}, 4000)) {
      for (const position of positions) counts[position] = (counts[position] ?? 0) + 1;
    }
    expect([counts[0], counts[64], counts[127]]).toEqual([0, 0, 0]);
    const others = counts.filter((_, position) => ![0, 64, 127].includes(position));
    expect(Math.min(...others) / 4000).toBeGreaterThan(19 / 125 - 0.03);
    expect(Math.max(...others) / 4000).toBeLessThan(19 / 125 + 0.03);
  });

  it('masks anew with each key, and always the same with a key of its own', () => {
    const positionsOf = (sequences: MaskedSequence[]): string[] => sequences.map(({ positions }) => positions.join());
    expect(new Set(positionsOf(maskOften({}, 20))).size).toBe(20);
    expect(positionsOf(maskOften({}, 3))).toEqual(positionsOf(maskOften({}, 3)));
    const fixed = maskOften({ staticKey: key }, 20);
    expect(new Set(fixed.map(({ inputIds }) => inputIds.join())).size).toBe(1);
    const [other] = maskOften({ staticKey: key.fold('other') }, 1);
    expect(other?.positions).not.toEqual(fixed[0]?.positions);
    const mask = tokenMasker({ ...options, staticKey: key });
    expect(mask(sequenceOf(128).fill(99, 5, 6), key).positions).not.toEqual(fixed[0]?.positions);
  });

  it('masks whole words or nothing of them, each piece decided by itself', () => {
    // Words of one, two and three pieces.
    const continuesWord = (id: number): boolean => [2, 4, 5].includes(id % 6);
    const masked = maskOften({ unit: 'whole-word', continuesWord }, 500);
    for (const { positions } of masked) {
      const chosen = new Set(positions);
      const sequence = sequenceOf(128);
      for (let position = 2; position < 127; position++) {
        if (position === 64 || position === 65 || !continuesWord(sequence[position] ?? 0)) continue;
        expect(chosen.has(position), `position ${position}`).toBe(chosen.has(position - 1));
      }
      expect(positions.length).toBeLessThanOrEqual(19);
      expect(positions.length).toBeGreaterThan(16);
    }
    const runs = masked.flatMap(({ inputIds, positions }) =>
      runsOf(positions).map((run) => new Set(run.map((position) => inputIds[position] === MASK)).size),
    );
    expect(runs).toContain(2);
  });

  it('skips a word that would exceed the number of predictions', () => {
    const [masked] = maskOften({ unit: 'whole-word', continuesWord: () => true }, 1, 20);
    expect(masked?.positions.length).toBe(0);
  });

  it('masks neighbouring words as spans, all of a span alike', () => {
    const masked = maskOften({ unit: 'span', sequenceLength: 4000, maskedShare: 0.02, vocabSize: 1 << 20 }, 100, 4000);
    const lengths: number[] = [];
    for (const { inputIds, positions } of masked) {
      expect(positions.length).toBe(80);
      for (const run of runsOf(positions)) {
        lengths.push(run.length);
        const kinds = run.map((position) => {
          const id = inputIds[position] ?? -1;
          return id === MASK ? 'masked' : id === FIRST_WORD + position ? 'kept' : 'replaced';
        });
        expect(new Set(kinds).size).toBe(1);
      }
    }
    // 3.8 in the paper; a few spans meet, and the last one of each sequence is cut off.
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(Math.abs(mean - 3.8)).toBeLessThan(0.25);
    expect(lengths.filter((length) => length > 10).length / lengths.length).toBeLessThan(0.05);
    expect(share(masked, (replacement) => replacement === MASK)).toBeCloseTo(0.8, 1);
    const positions = masked.flatMap((sequence) => Array.from(sequence.positions));
    expect(positions.some((position) => [0, 2000, 3999].includes(position))).toBe(false);
  });

  it('begins spans with whole words', () => {
    const continuesWord = (id: number): boolean => id % 3 !== 1; // FIRST_WORD begins a word.
    for (const { positions } of maskOften({ unit: 'span', continuesWord }, 200)) {
      for (const [first = 0] of runsOf(positions)) {
        // After [CLS] and [SEP] a run may begin inside of a word.
        if (first === 1 || first === 65) continue;
        expect(continuesWord(FIRST_WORD + first)).toBe(false);
      }
    }
  });

  it.each([
    [{ sequenceLength: 2 }, 'sequenceLength must be an integer of at least 3, got 2'],
    [{ maskedShare: 0 }, 'maskedShare must be in (0, 1), got 0'],
    [{ maskedShare: Number.NaN }, 'maskedShare must be in (0, 1), got NaN'],
    [{ maxPredictions: 0.5 }, 'maxPredictions must be an integer of at least 1, got 0.5'],
    [{ replacement: { mask: 1.5, random: 0 } }, 'replacement.mask must be in [0, 1], got 1.5'],
    [
      { replacement: { mask: 0.8, random: 0.3 } },
      'replacement.random must be at least 0, and at most 1 together with mask, got 0.3',
    ],
    [{ unit: 'whole-word' as const }, 'continuesWord must be given to mask whole words, got undefined'],
  ])('refuses settings %j', (changes, problem) => {
    expect(() => tokenMasker({ ...options, ...changes })).toThrow(
      `CONFIG_INVALID: masking: ${problem}. Correct the settings of the objective.`,
    );
  });
});
