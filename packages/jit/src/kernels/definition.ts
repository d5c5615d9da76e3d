import type * as tf from '@tensorflow/tfjs';
import { JitError } from '../errors.ts';
import { type Attributes, type Value, type ValueType } from '../graph.ts';

/** What tracing needs to know of a kernel: its inputs in order and the types of its outputs. */
export interface KernelDefinition {
  /** The names of the inputs, in the order in which the graph keeps them. `'list'`: the inputs are an array. */
  readonly inputs: readonly string[] | 'list';
  /** The names among `inputs` that may be absent, all at the end. */
  readonly optional?: readonly string[];
  /** Whether tfjs expects a list even of one output. */
  readonly returnsList?: boolean;
  /** Output types from input types. */
  readonly infer: (inputs: readonly Value[], attributes: Attributes) => ValueType[];
}

/** The inputs of a kernel call in the order of its definition. */
export function orderInputs(
  kernel: string,
  definition: KernelDefinition,
  inputs: tf.NamedTensorInfoMap,
): tf.TensorInfo[] {
  if (definition.inputs === 'list') return Object.values(inputs).filter((input) => input !== undefined);
  const ordered: tf.TensorInfo[] = [];
  for (const name of definition.inputs) {
    const input = inputs[name];
    if (input !== undefined) ordered.push(input);
    else if (definition.optional?.includes(name) !== true) {
      throw new JitError('JIT_ARGUMENT', {
        message: `${kernel} was called without its input "${name}".`,
        hint: 'Pass a tensor.',
      });
    }
  }
  return ordered;
}

/** The input at a position that the definition guarantees. */
export function at(inputs: readonly Value[], index: number): Value {
  const input = inputs[index];
  if (input === undefined) {
    throw new JitError('JIT_ARGUMENT', { message: `A kernel has no input ${String(index)}.`, hint: 'Check the call.' });
  }
  return input;
}

/** Reads a number attribute. */
export function numberOf(attributes: Attributes, name: string, fallback?: number): number {
  const value = attributes[name] ?? fallback;
  if (typeof value !== 'number') throw badAttribute(name, 'a number', value);
  return value;
}

/** Reads a boolean attribute; absent means false. */
export function booleanOf(attributes: Attributes, name: string): boolean {
  return attributes[name] === true;
}

/** Reads a string attribute. */
export function stringOf(attributes: Attributes, name: string): string {
  const value = attributes[name];
  if (typeof value !== 'string') throw badAttribute(name, 'a string', value);
  return value;
}

/** Reads a list of numbers; a single number counts as a list of one. */
export function numbersOf(attributes: Attributes, name: string): number[] {
  const value = attributes[name];
  const list: unknown[] = Array.isArray(value)
    ? value
    : ArrayBuffer.isView(value)
      ? Array.from(value as unknown as ArrayLike<unknown>)
      : [value];
  return list.map((item) => {
    if (typeof item !== 'number') throw badAttribute(name, 'numbers', value);
    return item;
  });
}

/** Reads a type attribute. */
export function elementTypeOf(attributes: Attributes, name: string): ValueType['dtype'] {
  const value = stringOf(attributes, name);
  switch (value) {
    case 'float32':
    case 'int32':
    case 'bool':
      return value;
    default:
      throw badAttribute(name, 'float32, int32 or bool', value);
  }
}

/** The axes of a reduction, non-negative and ascending. An absent `axis` means all, as in tfjs. */
export function axesOf({ shape }: ValueType, attributes: Attributes): number[] {
  // tfjs's Max calls them by another name.
  const name = 'reductionIndices' in attributes ? 'reductionIndices' : 'axis';
  if (attributes[name] === undefined || attributes[name] === null) return shape.map((_, axis) => axis);
  return numbersOf(attributes, name)
    .map((axis) => normalizeAxis(axis, shape.length))
    .sort((a, b) => a - b);
}

/** `axis` counted from the front. */
export function normalizeAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The shape of an elementwise result, by the rules of NumPy. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
}

function badAttribute(name: string, expected: string, value: unknown): JitError {
  return new JitError('JIT_ARGUMENT', {
    message: `The kernel attribute "${name}" must be ${expected}, got ${JSON.stringify(value)}.`,
    hint: 'Check the call.',
  });
}
