import { ClozeError } from '@cloze/core';
import { checkPaired } from './paired-lengths.ts';
import { averageOf, type Average, type ClassCounts, type PrecisionRecallF1 } from './precision-recall-f1.ts';

/** A run of tokens that name one thing. */
export interface Entity {
  readonly type: string;
  /** The first token. */
  readonly start: number;
  /** The token after the last one. */
  readonly end: number;
}

/**
 * What an `I-` tag may do: begin an entity where it continues none, as conlleval reads it, or nothing (strict IOB2, where every entity begins
 * with `B-`).
 */
export type TaggingMode = 'lenient' | 'strict';

/**
 * The entities that the IOB2 tags of one sequence mark (`O`, `B-PER`, `I-PER`).
 *
 * @throws {ClozeError} `DATA_INVALID` when a tag is none of these.
 */
export function entitiesOf(tags: readonly string[], mode: TaggingMode = 'lenient'): Entity[] {
  const entities: Entity[] = [];
  let open: { readonly type: string; readonly start: number } | undefined;
  [...tags, 'O'].forEach((tag, index) => {
    const { prefix, type } = parseTag(tag);
    if (prefix === 'I' && open?.type === type) return;
    if (open !== undefined) entities.push({ ...open, end: index });
    open = prefix === 'B' || (prefix === 'I' && mode === 'lenient') ? { type, start: index } : undefined;
  });
  return entities;
}

/**
 * Precision, recall and F1 of whole entities: type, begin and end must agree.
 *
 * @param predictions the tags of each sequence.
 * @param options `mode` (default `lenient`, as seqeval and conlleval without options), `average` over the types (default `micro`).
 * @see Tjong Kim Sang and De Meulder 2003, "Introduction to the CoNLL-2003 Shared Task", section 2.3.
 * @throws {ShapeError} when the lengths differ or are 0.
 * @throws {ClozeError} `DATA_INVALID` when a tag is not of IOB2.
 */
export function entityF1(
  predictions: readonly (readonly string[])[],
  labels: readonly (readonly string[])[],
  { mode = 'lenient', average = 'micro' }: { readonly mode?: TaggingMode; readonly average?: Average } = {},
): PrecisionRecallF1 {
  checkPaired('entityF1', predictions, labels);
  const predicted = new Map<string, Set<string>>();
  const wanted = new Map<string, Set<string>>();
  labels.forEach((tags, row) => {
    const predictedTags = predictions[row] ?? [];
    checkPaired(`entityF1, sequence ${row}`, predictedTags, tags);
    addEntities(predicted, row, entitiesOf(predictedTags, mode));
    addEntities(wanted, row, entitiesOf(tags, mode));
  });
  const types = new Set([...wanted.keys(), ...predicted.keys()]);
  return averageOf(
    [...types].map((type) => toCounts(predicted.get(type) ?? new Set(), wanted.get(type) ?? new Set())),
    average,
  );
}

function parseTag(tag: string): { readonly prefix: string; readonly type: string } {
  if (tag === 'O') return { prefix: 'O', type: '' };
  const [prefix, type] = [tag.slice(0, 1), tag.slice(2)];
  if ((prefix === 'B' || prefix === 'I') && tag.charAt(1) === '-' && type !== '') return { prefix, type };
  throw new ClozeError('DATA_INVALID', {
    message: `Tags must be O, B-TYPE or I-TYPE, got ${JSON.stringify(tag)}.`,
    hint: 'Convert other schemes to IOB2.',
  });
}

function addEntities(byType: Map<string, Set<string>>, row: number, entities: readonly Entity[]): void {
  for (const { type, start, end } of entities) {
    const places = byType.get(type) ?? new Set();
    byType.set(type, places.add(`${row}:${start}-${end}`));
  }
}

function toCounts(predicted: ReadonlySet<string>, wanted: ReadonlySet<string>): ClassCounts {
  const numCorrect = [...predicted].filter((place) => wanted.has(place)).length;
  return { numPredicted: predicted.size, numCorrect, numLabels: wanted.size };
}
