import { Tensor } from '@tensorflow/tfjs';

/** What the matchers compare: a tensor, a typed array, or numbers nested to any depth. */
export type TensorLike = Tensor | ArrayLike<number> | number | readonly TensorLike[];

/** Numbers in row-major order with their shape. */
export interface Elements {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** Reads anything tensor-like; undefined for what is not, ragged nesting included. */
export function toElements(value: unknown): Elements | undefined {
  if (isTensor(value)) return { shape: value.shape, values: value.dataSync() };
  if (typeof value === 'number') return { shape: [], values: [value] };
  if (isNumericTypedArray(value)) return { shape: [value.length], values: value };
  if (!Array.isArray(value)) return undefined;

  const parts = value.map(toElements);
  const shape = parts[0]?.shape ?? [];
  const values: number[] = [];
  for (const part of parts) {
    if (part === undefined || part.shape.join() !== shape.join()) return undefined;
    values.push(...Array.from(part.values));
  }
  return { shape: [parts.length, ...shape], values };
}

/** `[1, 0, 2]`: where the element with this row-major index stands. */
export function positionOf(index: number, shape: readonly number[]): string {
  const position = shape.toReversed().map((size) => {
    const along = index % size;
    index = Math.floor(index / size);
    return along;
  });
  return `[${position.toReversed().join(', ')}]`;
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

function isNumericTypedArray(value: unknown): value is ArrayLike<number> {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array) &&
    !(value instanceof BigUint64Array)
  );
}
