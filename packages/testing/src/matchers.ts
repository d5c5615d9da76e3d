import { expect } from 'vitest';
import { type Elements, positionOf, type TensorLike, toElements } from './elements.ts';

/** How far an element may lie from what is expected: the sum of the three. What is left out counts as 0. */
export interface Tolerance {
  /** In the tensor's own units. */
  readonly absolute?: number;
  /** As a share of the expected element's magnitude. */
  readonly relative?: number;
  /** As a share of the largest expected magnitude in the tensor: the usual measure for gradients. */
  readonly ofLargest?: number;
}

declare module 'vitest' {
  interface Matchers<T> {
    /**
     * Compares every element with what is expected. Shapes must agree; NaN is close to nothing.
     *
     * @param tolerance 1e-5 absolute and relative unless given.
     */
    toBeAllClose(expected: TensorLike, tolerance?: Tolerance): T;
    /** Compares the shape of a tensor or of nested numbers. */
    toHaveShape(shape: readonly number[]): T;
  }
}

expect.extend({
  toBeAllClose(received: unknown, expected: unknown, tolerance: Tolerance = { absolute: 1e-5, relative: 1e-5 }) {
    const [actual, wanted] = [elementsOf(received, 'received'), elementsOf(expected, 'expected')];
    if (actual.shape.join() !== wanted.shape.join()) {
      return { pass: false, message: () => `expected shape ${print(wanted.shape)}, received ${print(actual.shape)}` };
    }
    const difference = worstDifference(actual, wanted, tolerance);
    return {
      pass: difference === undefined,
      message: () => difference ?? 'expected the tensors to differ, but every element is within the tolerance',
    };
  },

  toHaveShape(received: unknown, shape: readonly number[]) {
    const actual = elementsOf(received, 'received').shape;
    return {
      pass: actual.join() === shape.join(),
      message: () => `expected shape ${this.isNot ? 'other than ' : ''}${print(shape)}, received ${print(actual)}`,
    };
  },
});

function elementsOf(value: unknown, role: string): Elements {
  const elements = toElements(value);
  if (elements !== undefined) return elements;
  throw new TypeError(
    `The ${role} value is ragged, or no tensor, typed array or nested numbers: there is nothing to compare.`,
  );
}

function print(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Names the element that is furthest outside of its tolerance, and how many are outside. */
function worstDifference(
  actual: Elements,
  expected: Elements,
  { absolute = 0, relative = 0, ofLargest = 0 }: Tolerance,
): string | undefined {
  const wanted = Array.from(expected.values);
  const largest = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  let outside = 0;
  let worst = { index: -1, excess: -1, allowed: 0 };
  wanted.forEach((value, index) => {
    const allowed = absolute + relative * Math.abs(value) + ofLargest * largest;
    const got = actual.values[index] ?? Number.NaN;
    const excess = got === value ? 0 : Math.abs(got - value) - allowed;
    if (excess <= 0) return;
    outside += 1;
    // NaN is outside of every tolerance, and further than any number.
    const rank = Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess;
    if (rank > worst.excess) worst = { index, excess: rank, allowed };
  });
  if (outside === 0) return undefined;
  return [
    `${outside} of ${wanted.length} elements are not close; the worst is at ${positionOf(worst.index, expected.shape)}:`,
    `  expected ${wanted[worst.index] ?? ''}, received ${actual.values[worst.index] ?? ''}, allowed difference ${worst.allowed.toPrecision(3)}`,
  ].join('\n');
}
