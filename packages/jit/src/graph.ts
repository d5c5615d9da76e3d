import type { DataType } from '@tensorflow/tfjs';
import type { CallSite } from './call-site.ts';
import type { KernelName } from './kernels/index.ts';

/** The element types that a traced function can compute with. `bool` is one byte per element, as in tfjs. */
export type ElementType = 'float32' | 'int32' | 'bool';

/** How elements are held in memory: `bool` as bytes of 0 or 1. */
export type ElementArray = Float32Array | Int32Array | Uint8Array;

/** What is known of a value while tracing: its shape and type, never its contents. */
export interface ValueType {
  readonly shape: readonly number[];
  readonly dtype: ElementType;
}

/** One tensor in a graph. Identity is the object itself. */
export interface Value extends ValueType {
  readonly id: number;
}

/** Kernel attributes as tfjs passes them: plain data. */
export type Attributes = Readonly<Record<string, unknown>>;

/** One kernel call. */
export interface GraphNode {
  /** The tfjs kernel name, for example `BatchMatMul`. */
  readonly kernel: KernelName;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** Where the kernel was called, for errors. */
  readonly callSite: CallSite;
}

/**
 * The contents of a constant, row-major. A constant whose elements are all equal is kept as one element, so a traced `tf.zeros([50257, 768])`
 * costs four bytes.
 */
export interface ConstantData {
  readonly values: ElementArray;
  readonly isUniform: boolean;
}

/** A function as straight-line code: nodes in an order in which every value is computed before it is used. */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly constants: ReadonlyMap<Value, ConstantData>;
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly Value[];
}

let nextValueId = 0;

/** A new value of the given type. */
export function createValue({ shape, dtype }: ValueType): Value {
  return { id: nextValueId++, shape: [...shape], dtype };
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Whether two shapes are equal. */
export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** The node that computes each value; inputs and constants have none. */
export function producersOf(nodes: readonly GraphNode[]): Map<Value, GraphNode> {
  const producers = new Map<Value, GraphNode>();
  for (const node of nodes) for (const output of node.outputs) producers.set(output, node);
  return producers;
}

/** How often each value is read, by nodes and as a result. */
export function countUses({ nodes, outputs }: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of nodes) node.inputs.forEach(count);
  outputs.forEach(count);
  return uses;
}

/** Narrows a tfjs type to one that can be traced. */
export function isElementType(dtype: DataType): dtype is ElementType {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}
