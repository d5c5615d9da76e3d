import { sizeOf, type Graph, type GraphNode } from './graph.ts';
import { booleanOf, numbersOf } from './kernels/definition.ts';

/**
 * The floating point operations of a graph's matrix products and convolutions, a multiplication and an addition each: what a share of the machine's
 * roof is computed from. Elementwise work is not counted.
 */
export function countOperations({ nodes }: Graph): number {
  return nodes.reduce((sum, node) => sum + 2 * multiplications(node), 0);
}

function multiplications({ kernel, inputs: [a, b], outputs: [y], attributes }: GraphNode): number {
  if (a === undefined || b === undefined || y === undefined) return 0;
  switch (kernel) {
    case 'BatchMatMul':
    case '_FusedMatMul':
      return sizeOf(y.shape) * (a.shape.at(booleanOf(attributes, 'transposeA') ? -2 : -1) ?? 1);
    case 'Conv2D':
      return (sizeOf(y.shape) * sizeOf(b.shape)) / (b.shape.at(-1) ?? 1);
    case 'Conv2DBackpropFilter':
      // One for each pair of an output's gradient and a filter position.
      return (sizeOf(b.shape) * sizeOf(numbersOf(attributes, 'filterShape'))) / (b.shape.at(-1) ?? 1);
    case 'Conv2DBackpropInput':
      return (sizeOf(a.shape) * sizeOf(b.shape)) / (a.shape.at(-1) ?? 1);
    default:
      return 0;
  }
}
