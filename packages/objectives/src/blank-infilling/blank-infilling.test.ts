import * as tf from '@tensorflow/tfjs';
import {
  RandomKey,
  toBatchTensors,
  type Batch,
  type BlankInfillingInputs,
  type BlankInfillingModel,
  type CausalOutputs,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import {
  blankInfilling,
  type BlankInfillingField,
  type BlankInfillingOptions,
  type BlankKind,
} from './blank-infilling.ts';

const [PAD, MASK, SENTENCE_MASK, DOCUMENT_MASK, START, END, END_OF_TEXT, FULL_STOP] = [0, 1, 2, 3, 4, 5, 6, 7];
const withoutSentences: BlankInfillingOptions = {
  padTokenId: PAD,
  maskTokenId: MASK,
  sentenceMaskTokenId: SENTENCE_MASK,
  documentMaskTokenId: DOCUMENT_MASK,
  startOfPieceTokenId: START,
  endOfPieceTokenId: END,
  endOfTextTokenId: END_OF_TEXT,
};
const options: BlankInfillingOptions = { ...withoutSentences, sentenceEndIds: new Set([FULL_STOP]) };
const MASKS: Readonly<Record<BlankKind, number>> = {
  tokens: MASK,
  sentences: SENTENCE_MASK,
  document: DOCUMENT_MASK,
};
const KINDS = ['tokens', 'sentences', 'document'] as const;

/** A text whose tokens are all different but for its full stops, every tenth. */
function textOf(length: number): number[] {
  return Array.from({ length }, (_, place) => (place % 10 === 9 ? FULL_STOP : 100 + place));
}

interface Row {
  readonly inputIds: number[];
  readonly positionIds: number[];
  readonly blockPositionIds: number[];
  readonly labels: number[];
  readonly sep: number;
}

function rowsOf(batch: Batch<BlankInfillingField>): Row[] {
  const [, columns = 0] = batch.inputIds.shape;
  return Array.from(batch.sep.data, (sep, index) => {
    const ofRow = (field: BlankInfillingField): number[] =>
      Array.from(batch[field].data.subarray(index * columns, (index + 1) * columns));
    return {
      inputIds: ofRow('inputIds'),
      positionIds: ofRow('positionIds'),
      blockPositionIds: ofRow('blockPositionIds'),
      labels: ofRow('labels'),
      sep,
    };
  });
}

/** Puts the pieces of part B, as they are fed and as they are predicted, back where their masks stand. */
function reconstructed(
  { inputIds, positionIds, labels, sep }: Row,
  mask: number,
): { fed: number[]; predicted: number[] } {
  const put = (pieces: Map<number, number[]>): number[] =>
    inputIds.slice(0, sep).flatMap((id, place) => (id === mask ? (pieces.get(place) ?? []) : [id]));
  const fed = new Map<number, number[]>();
  const predicted = new Map<number, number[]>();
  for (let place = sep; place < inputIds.length && inputIds[place] !== PAD; place++) {
    const position = positionIds[place] ?? 0;
    if (inputIds[place] === START) {
      fed.set(position, []);
      predicted.set(position, []);
    } else fed.get(position)?.push(inputIds[place] ?? 0);
    if (labels[place] !== END) predicted.get(position)?.push(labels[place] ?? 0);
  }
  return { fed: put(fed), predicted: put(predicted) };
}

/** Scores every token alike. */
class Ignorant implements BlankInfillingModel {
  readonly cacheShape = { numLayers: 0, numHeads: 0, headSize: 0, maxPositions: 64, vocabSize: 200 };
  forward({ inputIds }: BlankInfillingInputs): CausalOutputs {
    const logits = tf.zeros([...inputIds.shape, 200]);
    return { logits, lastHiddenState: logits, hiddenStates: [], keyValues: [] };
  }
}

describe('blankInfilling', () => {
  leaksNoTensors();

  it.each(KINDS)('keeps the text: part A and part B make it again (%s)', (kind) => {
    const { prepare } = blankInfilling({ ...options, kinds: { [kind]: 1 } });
    const texts = [textOf(60), textOf(33), textOf(7), textOf(2), [...textOf(40), END_OF_TEXT, ...textOf(25)]];
    for (let seed = 0; seed < 30; seed++) {
      rowsOf(prepare(texts, RandomKey.fromSeed(seed))).forEach((row, index) => {
        const { fed, predicted } = reconstructed(row, MASKS[kind]);
        expect(fed).toEqual(texts[index]);
        expect(predicted).toEqual(texts[index]);
        expect(row.inputIds.slice(0, row.sep)).toContain(MASKS[kind]);
      });
    }
  });

  it.each(KINDS)('gives part A the places of the shortened text, and each piece that of its mask (%s)', (kind) => {
    const { prepare } = blankInfilling({ ...options, kinds: { [kind]: 1 } });
    for (const row of rowsOf(prepare([textOf(60), textOf(30)], RandomKey.fromSeed(1)))) {
      expect(row.positionIds.slice(0, row.sep)).toEqual([...Array(row.sep).keys()]);
      expect(row.blockPositionIds.slice(0, row.sep)).toEqual(Array(row.sep).fill(0));
      expect(row.labels.slice(0, row.sep)).toEqual(Array(row.sep).fill(-100));
      for (let place = row.sep; place < row.inputIds.length; place++) {
        const isPadding = row.inputIds[place] === PAD;
        const isStart = row.inputIds[place] === START;
        const expected = isPadding ? 0 : isStart ? 1 : (row.blockPositionIds[place - 1] ?? 0) + 1;
        expect(row.blockPositionIds[place]).toBe(expected);
        expect(row.inputIds[row.positionIds[place] ?? 0]).toBe(isPadding ? row.inputIds[0] : MASKS[kind]);
        expect((row.labels[place] ?? 0) < 0).toBe(isPadding);
      }
    }
  });

  it('writes the pieces in any order', () => {
    const { prepare } = blankInfilling(options);
    const orders = Array.from({ length: 20 }, (_, seed) => {
      const [row] = rowsOf(prepare([textOf(60)], RandomKey.fromSeed(seed)));
      return row?.positionIds.filter((_, place) => row.inputIds[place] === START) ?? [];
    });
    expect(orders.some((order) => order.join() !== order.toSorted((a, b) => a - b).join())).toBe(true);
    expect(orders.some((order) => order.length > 1 && order.join() === order.toSorted((a, b) => a - b).join())).toBe(
      true,
    );
  });

  it('is a function of its key', () => {
    const { prepare } = blankInfilling({ ...options, kinds: { tokens: 1, sentences: 1, document: 1 } });
    const texts = [textOf(60), textOf(50)];
    for (let seed = 0; seed < 9; seed++) {
      expect(prepare(texts, RandomKey.fromSeed(seed))).toEqual(prepare(texts, RandomKey.fromSeed(seed)));
      expect(prepare(texts, RandomKey.fromSeed(seed))).not.toEqual(prepare(texts, RandomKey.fromSeed(seed + 100)));
    }
  });

  it('draws one kind for a batch, as likely as it is asked to', () => {
    const { prepare } = blankInfilling({ ...options, kinds: { tokens: 4, sentences: 1, document: 3 } });
    const counts = { tokens: 0, sentences: 0, document: 0 };
    for (let seed = 0; seed < 800; seed++) {
      const rows = rowsOf(prepare([textOf(30), textOf(40)], RandomKey.fromSeed(seed)));
      const kinds = rows.map(({ inputIds }) => KINDS.filter((kind) => inputIds.includes(MASKS[kind])).join());
      expect(new Set(kinds).size).toBe(1);
      for (const kind of KINDS) counts[kind] += Number(kinds[0] === kind);
    }
    expect(Math.abs(counts.tokens - 400)).toBeLessThan(60);
    expect(Math.abs(counts.sentences - 100)).toBeLessThan(40);
    expect(Math.abs(counts.document - 300)).toBeLessThan(60);
  });

  it('makes batches of one shape, with no more blanks than fit', () => {
    const { prepare } = blankInfilling({ ...options, length: 64 });
    for (let seed = 0; seed < 50; seed++) {
      const batch = prepare([textOf(60), textOf(62), textOf(20)], RandomKey.fromSeed(seed));
      expect(batch.inputIds.shape).toEqual([3, 64]);
      expect(batch.labels.shape).toEqual([3, 64]);
      expect(batch.sep.shape).toEqual([3]);
      const [first, second] = rowsOf(batch).map(({ inputIds }) => inputIds.filter((id) => id === MASK).length);
      expect(first).toBeLessThanOrEqual(2);
      expect(second).toBe(1);
    }
  });

  it('is log V for a model that knows nothing, and counts its targets', () => {
    tf.tidy(() => {
      const objective = blankInfilling({ ...options, kinds: { document: 1 }, suffixProbability: 1, documentShare: 1 });
      const batch = toBatchTensors(objective.prepare([textOf(10)], RandomKey.fromSeed(1)));
      const { loss, numTargets } = objective.loss(new Ignorant(), batch);
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(200), 5);
      expect(numTargets.dataSync()[0]).toBe(8 + 1);
    });
  });

  it('says what is wrong with texts and settings', () => {
    const key = RandomKey.fromSeed(1);
    expect(() => blankInfilling(options).prepare([[9, 9], [9]], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: blankInfilling: example 1 must have at least 2 tokens, got 1. Leave shorter texts out, cut longer ones, or raise length.]`,
    );
    const narrow = blankInfilling({ ...options, length: 8 });
    expect(() => narrow.prepare([textOf(7)], key)).toThrowErrorMatchingInlineSnapshot(
      `[ClozeError: DATA_INVALID: blankInfilling: example 0 must have at least 2 tokens and at most 6, got 7. Leave shorter texts out, cut longer ones, or raise length.]`,
    );
    expect(() => blankInfilling({ ...options, kinds: {} })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: blankInfilling: kinds must be probabilities with a sum above 0, got {}. Name at least one of tokens, sentences and document.]`,
    );
    expect(() => blankInfilling({ ...options, kinds: { tokens: 2, document: -1 } })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: blankInfilling: kinds must be probabilities with a sum above 0, got {"tokens":2,"document":-1}. Name at least one of tokens, sentences and document.]`,
    );
    expect(() => blankInfilling({ ...withoutSentences, kinds: { sentences: 1 } })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: blankInfilling: with sentences, sentenceEndIds must be given. Collect the ids of the tokens for which isSentenceEnd is true.]`,
    );
  });
});
