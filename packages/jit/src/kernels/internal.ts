import type { Attributes, ValueType } from '../graph.ts';
import type { RowProgram } from '../native-code/row-program.ts';
import { at, type KernelDefinition } from './definition.ts';
import { PRODUCTS } from './products.ts';

/** The names in {@link INTERNAL}. */
export type InternalKernel = 'AffineProduct' | 'SumOfSquares' | 'SegmentSumOnto' | 'Fused';

/** Kernels that tfjs does not have: the simplifier makes them out of several others. */
export const INTERNAL: Readonly<Record<InternalKernel, KernelDefinition>> = {
  /** `a b + bias` for matrices, the bias a row. */
  AffineProduct: { inputs: ['a', 'b', 'bias'], infer: PRODUCTS.BatchMatMul.infer },
  /** The sum of the squares of all elements. */
  SumOfSquares: { inputs: ['x'], infer: (inputs) => [{ shape: [], dtype: at(inputs, 0).dtype }] },
  /** `base` with the rows of x added at segmentIds: the gradient of an embedding that is also used otherwise. */
  SegmentSumOnto: { inputs: ['x', 'segmentIds', 'base'], infer: (inputs) => [at(inputs, 2)] },
  /** Several kernels in one loop over a matrix; the attributes hold the program and the types of the outputs. */
  Fused: {
    inputs: 'list',
    infer: (_, attributes) => {
      if (!isFusedAttributes(attributes)) throw new Error('A fused node has no program.');
      return [...attributes.outputTypes];
    },
  },
};

/** The attributes of a `Fused` node. */
export interface FusedAttributes {
  readonly program: RowProgram;
  readonly outputTypes: readonly ValueType[];
}

/** Narrows the attributes of a `Fused` node. */
export function isFusedAttributes(attributes: Attributes): attributes is Attributes & FusedAttributes {
  return 'program' in attributes && 'outputTypes' in attributes;
}
