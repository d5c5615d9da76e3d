import { CheckpointError, ConfigError, type RandomKey } from '@cloze/core';
import type { DataCursor, ExampleSource } from './example-source.ts';
import { fingerprint } from './fingerprint.ts';

/** Settings of {@link lengthBuckets}. */
export interface LengthBucketOptions<Example> {
  /** The length that an example is padded from, in tokens. */
  readonly lengthOf: (example: Example) => number;
  /** Examples per batch, as in the run. */
  readonly batchSize: number;
  /** How many batches are sorted together: more waste less, and mix less. Default: 50. */
  readonly numBatches?: number | undefined;
  /** For the order of the batches. */
  readonly key: RandomKey;
}

/**
 * Reorders a source so that the examples of a batch are of similar length and little is padded: examples are taken by pools of `numBatches` batches, sorted
 * by length, cut into batches, and the batches are shuffled. Every example comes once, at most one pool from where it stood. Padding is up to the
 * objective: give it the lengths of {@link bucketLengths}, so that there are few shapes to compile.
 *
 * The cursor is that of the source where the pool begins, and how many examples of the pool were read; a resumed run reads the pool again.
 */
export function lengthBuckets<Example>(
  source: ExampleSource<Example>,
  { lengthOf, batchSize, numBatches = 50, key }: LengthBucketOptions<Example>,
): ExampleSource<Example> {
  const poolSize = batchSize * numBatches;
  const readPool = async (begin: DataCursor): Promise<Pool<Example>> => {
    const { examples, cursor: end } = await source.read(begin, poolSize);
    const sorted = examples.toSorted((a, b) => lengthOf(a) - lengthOf(b));
    const order = foldCursor(key, begin).permutation(numBatches);
    return {
      begin,
      end,
      examples: Array.from(order).flatMap((batch) => sorted.slice(batch * batchSize, (batch + 1) * batchSize)),
    };
  };
  let held: Pool<Example> | undefined;
  return {
    start: { ...source.start, [IN_POOL]: 0 },
    fingerprint: fingerprint('lengthBuckets', source.fingerprint, batchSize, numBatches, key.toWords()),
    read: async (cursor, count) => {
      let { begin, position } = splitCursor(cursor, poolSize);
      const examples: Example[] = [];
      while (examples.length < count) {
        const pool = held !== undefined && isSame(held.begin, begin) ? held : await readPool(begin);
        held = pool;
        const taken = pool.examples.slice(position, position + count - examples.length);
        examples.push(...taken);
        position += taken.length;
        if (position === poolSize) [begin, position] = [pool.end, 0];
      }
      return { examples, cursor: { ...begin, [IN_POOL]: position } };
    },
  };
}

/** The field of the cursor that the source does not have. */
const IN_POOL = 'inPool';

interface Pool<Example> {
  readonly begin: DataCursor;
  readonly end: DataCursor;
  readonly examples: readonly Example[];
}

function splitCursor(cursor: DataCursor, poolSize: number): { begin: DataCursor; position: number } {
  const { [IN_POOL]: position, ...begin } = cursor;
  if (position !== undefined && Number.isSafeInteger(position) && position >= 0 && position < poolSize) {
    return { begin, position };
  }
  throw new CheckpointError('CHECKPOINT_MISMATCH', {
    message: `The data cursor must hold a position in a pool of ${poolSize} examples, got ${JSON.stringify(cursor)}.`,
    hint: 'Resume with the kind of data source that the run was started with.',
  });
}

function foldCursor(key: RandomKey, cursor: DataCursor): RandomKey {
  const fields = Object.entries(cursor).sort(([a], [b]) => (a < b ? -1 : 1));
  return fields.reduce((folded, [field, value]) => folded.fold(field).fold(value), key.fold('pool'));
}

function isSame(a: DataCursor, b: DataCursor): boolean {
  const fields = Object.keys(a);
  return fields.length === Object.keys(b).length && fields.every((field) => a[field] === b[field]);
}

/**
 * The few lengths to pad to that waste the least: each example is padded to the shortest that it fits into.
 *
 * @param lengths of examples, in tokens; a sample will do if it has the longest.
 * @param count how many lengths to choose; as many shapes will be compiled.
 * @returns ascending, at most `count`; the last is the longest of `lengths`.
 * @throws {ConfigError} when there are no lengths, or `count` is not positive.
 */
export function bucketLengths(lengths: readonly number[], count: number): number[] {
  if (lengths.length === 0 || !(count >= 1)) {
    throw new ConfigError({
      message: `bucketLengths: there must be examples and a positive count, got ${lengths.length} and ${count}.`,
      hint: 'Give it the lengths of the training examples, and for example 6.',
    });
  }
  const ascending = lengths.toSorted((a, b) => a - b);
  const candidates = [...new Set(ascending)];
  const numUpTo = candidates.map((candidate) => ascending.lastIndexOf(candidate) + 1);
  // best[k][j]: the tokens of all examples up to candidate j, padded to k + 1 lengths of which j is the last; and the length before.
  let best = candidates.map((candidate, j) => ({ tokens: candidate * (numUpTo[j] ?? 0), chosen: [candidate] }));
  for (let k = 1; k < Math.min(count, candidates.length); k++) {
    const shorter = best;
    best = candidates.map((candidate, j) =>
      shorter.slice(0, j).reduce(
        (least, { tokens, chosen }, i) => {
          const total = tokens + candidate * ((numUpTo[j] ?? 0) - (numUpTo[i] ?? 0));
          return total < least.tokens ? { tokens: total, chosen: [...chosen, candidate] } : least;
        },
        shorter[j] ?? { tokens: Infinity, chosen: [] },
      ),
    );
  }
  return best.at(-1)?.chosen ?? [];
}
